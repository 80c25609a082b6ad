#include "diag_socket.h"

#include <linux/sock_diag.h>

#include "arguments.h"
#include "loop_socket.h"

namespace subflowd::binding {

Napi::Function DiagSocket::define(Napi::Env env) {
  return DefineClass(env, "DiagSocket",
                     {InstanceMethod("subflow", &DiagSocket::subflow),
                      InstanceMethod("connection", &DiagSocket::connection),
                      InstanceMethod("close", &DiagSocket::close)});
}

DiagSocket::DiagSocket(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  auto options = to_socket_options(info[0], 0);
  or_throw(info.Env(), [&] {
    transactor_ = std::make_unique<netlink::Transactor>(NETLINK_SOCK_DIAG, options);
  });
}

netlink::Transactor& DiagSocket::open(Napi::Env env) {
  if (!transactor_) throw Napi::Error::New(env, "the socket is closed");
  return *transactor_;
}

Napi::Value DiagSocket::subflow(const Napi::CallbackInfo& info) {
  Napi::Object pair = Napi::Object::New(info.Env());
  pair.Set("local", info[0]);
  pair.Set("remote", info[1]);
  pair.Set("ifindex", info[2]);
  const Fields fields(pair, "subflow");
  const auto local = fields.address("local");
  const auto remote = fields.address("remote");
  const uint32_t ifindex = fields.number("ifindex");
  Napi::Value found = info.Env().Undefined();
  const auto encode = [&](netlink::Buffer& buffer, uint32_t sequence) {
    diag::encode_subflow_query(buffer, local, remote, ifindex, sequence);
  };
  or_throw(info.Env(), [&] {
    // What is not there is ENOENT: no more than an answer.
    open(info.Env()).attempt(encode, [&](const netlink::Message& message) {
      const auto subflow = diag::decode_subflow(message);
      if (subflow) found = {info.Env(), to_js(info.Env(), Words(info.Env()), *subflow)};
    });
  });
  return found;
}

Napi::Value DiagSocket::connection(const Napi::CallbackInfo& info) {
  if (!info[0].IsNumber()) throw Napi::TypeError::New(info.Env(), "token: a number is needed");
  const uint32_t token = info[0].As<Napi::Number>();
  Napi::Value found = info.Env().Undefined();
  or_throw(info.Env(), [&] {
    for (const uint8_t family : {AF_INET, AF_INET6}) {
      const auto encode = [&](netlink::Buffer& buffer, uint32_t sequence) {
        diag::encode_connection_query(buffer, family, token, sequence);
      };
      open(info.Env()).attempt(encode, [&](const netlink::Message& message) {
        const auto connection = diag::decode_connection(message);
        if (connection) found = {info.Env(), to_js(info.Env(), Words(info.Env()), *connection)};
      });
      if (!found.IsUndefined()) return;
    }
  });
  return found;
}

void DiagSocket::close(const Napi::CallbackInfo&) { transactor_.reset(); }

}  // namespace subflowd::binding
