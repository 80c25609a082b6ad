// The kernel does not send the request back (NETLINK_CAP_ACK): it is encoded once more.
#include "binding/attribute_of.h"

#include "binding/command_reader.h"
#include "binding/fields.h"
#include "mptcp/attribute_name.h"
#include "mptcp/encode_command.h"

namespace subflowd::binding {
namespace {

std::string NameIn(const mptcp::Command& command, Fields& refusal) {
  if (const auto missing = refusal.OptionalU32(Word::kMissing)) {
    return mptcp::AttributeName(static_cast<std::uint16_t>(*missing));
  }
  const auto offset = refusal.OptionalU32(Word::kOffset);
  if (!offset) return "";
  Buffer request;
  mptcp::EncodeCommand(command, 0, 0, request);
  return mptcp::AttributeAt(request, *offset);
}

}  // namespace

Napi::Value AttributeOf(const Napi::CallbackInfo& info) {
  auto commands = Napi::Array::New(info.Env(), 1);
  commands.Set(0u, info[0]);
  const auto command = ReadCommands(commands).front();
  Words words(info.Env());
  const Path path("refusal");
  Fields refusal(words, info[1], path);
  const std::string name = NameIn(command, refusal);
  if (name.empty()) return info.Env().Undefined();
  return Napi::String::New(info.Env(), name);
}

}  // namespace subflowd::binding
