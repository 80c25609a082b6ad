// The messages of a dump, one after another, without the one that ends it.
#include "binding/route_dump.h"

#include <linux/netlink.h>

#include "binding/fields.h"
#include "binding/options.h"
#include "binding/promise_work.h"
#include "netlink/message.h"
#include "netlink/transactor.h"

namespace subflowd::binding {
namespace {

constexpr int kReceiveBuffer = 1 << 20;

struct Request {
  std::uint16_t type;
  Buffer body;
  netlink::SocketOptions options;
};

Outcome<Buffer> Run(const Request& request) {
  auto socket = netlink::Socket::Open(NETLINK_ROUTE, request.options);
  if (!socket) return Fail(std::move(socket).error());
  Buffer messages;
  const auto build = [&](Buffer& out, std::uint32_t sequence) {
    netlink::MessageWriter(out, request.type, NLM_F_REQUEST | NLM_F_DUMP, sequence)
        .Append(request.body);
  };
  const auto keep = [&](const netlink::Message& message) {
    netlink::AppendPadded(messages, message.whole);
  };
  netlink::Transactor transactor(*socket);
  auto ending = transactor.Dump(build, [&] { messages.clear(); }, keep);
  if (!ending) return Fail(std::move(ending).error());
  if (ending->refusal) return Fail(netlink::FailureOf(*ending->refusal));
  return messages;
}

napi_value Convert(Words& words, const Buffer& messages) {
  const Napi::Env env = words.env();
  auto array = Napi::Array::New(env);
  if (messages.empty()) return array;
  const auto* const data = reinterpret_cast<const std::uint8_t*>(messages.data());
  array.Set(0u, Napi::Buffer<std::uint8_t>::Copy(env, data, messages.size()));
  return array;
}

/// Of the four message types of each rtnetlink object the third is RTM_GET*; the others would
/// change something.
std::uint16_t ReadType(const Napi::Value& value) {
  const Path path("type");
  const auto type = ReadInteger(value.Env(), value, 0xffff, path);
  if (type < 16 || (type & 3) != 2) path.Reject(value.Env(), "not one of RTM_GET*");
  return static_cast<std::uint16_t>(type);
}

Buffer ReadBody(const Napi::Value& value) {
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array) {
    Path("body").Reject(value.Env(), "not a Uint8Array");
  }
  const auto bytes = std::as_bytes(
      std::span(value.As<Napi::Uint8Array>().Data(), value.As<Napi::Uint8Array>().ByteLength()));
  return Buffer(bytes.begin(), bytes.end());
}

}  // namespace

Napi::Value RouteDump(const Napi::CallbackInfo& info) {
  Request request{.type = ReadType(info[0]),
                  .body = ReadBody(info[1]),
                  .options = ReadSocketOptions(info[2], kReceiveBuffer)};
  return PromiseWork<Buffer>::Start(
      info.Env(), [request = std::move(request)] { return Run(request); }, Convert);
}

}  // namespace subflowd::binding
