#include "mptcp_sockets.h"

#include <unistd.h>

#include "../socket/mptcp_socket.h"
#include "arguments.h"
#include "loop_socket.h"

namespace subflowd::binding {

namespace {

int to_descriptor(const Napi::CallbackInfo& info) {
  if (!info[0].IsNumber()) throw Napi::TypeError::New(info.Env(), "fd: a number is needed");
  return info[0].As<Napi::Number>();
}

}  // namespace

Napi::Value open_mptcp_socket(const Napi::CallbackInfo& info) {
  const Fields fields(info[0], "options");
  socket::Options options;
  const std::string family = fields.text("family");
  if (family != "ipv4" && family != "ipv6") fields.refuse("family", "ipv4 or ipv6");
  options.family = family == "ipv6" ? mptcp::Family::kIpv6 : mptcp::Family::kIpv4;
  if (fields.has("netns")) options.netns = fields.text("netns");
  if (fields.has("bind")) options.bind = fields.address("bind");
  if (fields.has("listen")) options.backlog = static_cast<int>(fields.number("listen", INT32_MAX));
  return or_throw(info.Env(),
                  [&] { return Napi::Number::New(info.Env(), socket::open(options)); });
}

Napi::Value connection_token(const Napi::CallbackInfo& info) {
  const int fd = to_descriptor(info);
  const auto token = or_throw(info.Env(), [&] { return socket::token(fd); });
  if (!token) return info.Env().Undefined();
  return Napi::Number::New(info.Env(), *token);
}

void close_descriptor(const Napi::CallbackInfo& info) { ::close(to_descriptor(info)); }

}  // namespace subflowd::binding
