// The descriptors are handed to node:net, which owns them from then on.
#include "binding/mptcp_sockets.h"

#include <unistd.h>

#include "binding/errors.h"
#include "binding/fields.h"
#include "socket/mptcp_socket.h"

namespace subflowd::binding {
namespace {

IpFamily ReadFamily(Fields& fields) {
  const std::string family = fields.Text(Word::kFamily);
  if (family == "ipv4") return IpFamily::kIpv4;
  if (family == "ipv6") return IpFamily::kIpv6;
  fields.Reject(Word::kFamily, "neither ipv4 nor ipv6");
}

MptcpSocketOptions ReadOptions(const Napi::Value& value) {
  const Path path("options");
  Words words(value.Env());
  Fields fields(words, value, path);
  MptcpSocketOptions options{.family = ReadFamily(fields), .netns = {}, .bind = {}, .listen = {}};
  if (fields.Has(Word::kNetns)) options.netns = fields.Text(Word::kNetns);
  if (fields.Has(Word::kListen)) options.listen = fields.Positive(Word::kListen);
  if (!fields.Has(Word::kBind)) return options;
  options.bind = fields.Socket(Word::kBind);
  if (options.bind->address.family != options.family) {
    fields.Reject(Word::kBind, "not of the socket's family");
  }
  return options;
}

int ReadDescriptor(const Napi::Value& value) {
  return static_cast<int>(ReadInteger(value.Env(), value, INT32_MAX, Path("fd")));
}

}  // namespace

Napi::Value OpenMptcpSocket(const Napi::CallbackInfo& info) {
  auto socket = ValueOf(info.Env(), subflowd::OpenMptcpSocket(ReadOptions(info[0])));
  return Napi::Number::New(info.Env(), socket.Release());
}

Napi::Value ConnectionToken(const Napi::CallbackInfo& info) {
  const auto token = ValueOf(info.Env(), subflowd::ConnectionToken(ReadDescriptor(info[0])));
  if (!token) return info.Env().Undefined();
  return Napi::Number::New(info.Env(), *token);
}

void CloseDescriptor(const Napi::CallbackInfo& info) {
  if (::close(ReadDescriptor(info[0])) < 0) {
    throw ErrorOf(info.Env(), {.number = errno, .syscall = "close"});
  }
}

}  // namespace subflowd::binding
