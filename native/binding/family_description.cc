// CTRL_CMD_GETFAMILY lists what a family has, and changes nothing.
#include "binding/family_description.h"

#include <linux/netlink.h>

#include "binding/options.h"
#include "binding/path_manager_family.h"
#include "binding/promise_work.h"
#include "binding/record.h"

namespace subflowd::binding {
namespace {

constexpr int kReceiveBuffer = 64 << 10;

Outcome<netlink::Family> Run(const netlink::SocketOptions& options) {
  auto socket = netlink::Socket::Open(NETLINK_GENERIC, options);
  if (!socket) return Fail(std::move(socket).error());
  return FindPathManager(*socket);
}

napi_value Convert(Words& words, const netlink::Family& family) {
  const auto operation = [&](const auto& entry) {
    return Record(words).Number(Word::kId, entry.first).Number(Word::kFlags, entry.second).value();
  };
  const auto group = [&](const auto& entry) {
    return napi_value(Napi::String::New(words.env(), entry.first));
  };
  return Record(words)
      .Set(Word::kOperations, ArrayOf(words.env(), family.operations, operation))
      .Set(Word::kGroups, ArrayOf(words.env(), family.groups, group))
      .value();
}

}  // namespace

Napi::Value DescribeFamily(const Napi::CallbackInfo& info) {
  return PromiseWork<netlink::Family>::Start(
      info.Env(), [options = ReadSocketOptions(info[0], kReceiveBuffer)] { return Run(options); },
      Convert);
}

}  // namespace subflowd::binding
