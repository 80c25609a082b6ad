// The kernel looks sockets up inside sendmsg(2): by the time of recvmsg(2) the answer is there.
#include "binding/diag_socket.h"

#include <linux/netlink.h>

#include "binding/diag_record.h"
#include "binding/errors.h"
#include "binding/fields.h"
#include "binding/options.h"
#include "diag/decode.h"
#include "diag/request.h"

namespace subflowd::binding {
namespace {

SocketAddress ReadSocketAddress(const Napi::Value& value, const char* name) {
  const Path path(name);
  Words words(value.Env());
  Fields fields(words, value, path);
  return {.address = fields.Address(Word::kAddress), .port = fields.U16(Word::kPort)};
}

}  // namespace

Napi::Function DiagSocket::Define(Napi::Env env) {
  return DefineClass(env, "DiagSocket",
                     {InstanceMethod("subflow", &DiagSocket::Subflow),
                      InstanceMethod("connection", &DiagSocket::Connection),
                      InstanceMethod("close", &DiagSocket::Close)});
}

DiagSocket::DiagSocket(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  const auto options = ReadSocketOptions(info[0], 0);
  channel_ = std::make_unique<Channel>(
      ValueOf(info.Env(), netlink::Socket::Open(NETLINK_SOCK_DIAG, options)));
}

template <typename Decode>
Napi::Value DiagSocket::LookUp(Napi::Env env, const netlink::Transactor::Builder& build,
                               Decode decode) {
  if (!channel_) throw ErrorOf(env, {.number = EBADF, .syscall = "sendmsg"});
  Words words(env);
  Napi::Value found = env.Undefined();
  const auto visit = [&](const netlink::Message& answer) {
    const auto decoded = decode(answer.body);
    if (decoded && *decoded) found = Napi::Value(env, ToRecord(words, **decoded));
  };
  const auto ending = ValueOf(env, channel_->transactor.Request(build, visit));
  if (ending.refusal && ending.refusal->number != ENOENT) {
    throw ErrorOf(env, netlink::FailureOf(*ending.refusal));
  }
  return found;
}

Napi::Value DiagSocket::Subflow(const Napi::CallbackInfo& info) {
  const auto local = ReadSocketAddress(info[0], "local");
  const auto remote = ReadSocketAddress(info[1], "remote");
  if (local.address.family != remote.address.family) {
    Path("remote").Reject(info.Env(), "not of the family of local");
  }
  const auto ifindex = ReadInteger(info.Env(), info[2], INT32_MAX, Path("ifindex"));
  const auto build = [&](Buffer& out, std::uint32_t sequence) {
    diag::RequestSubflow(local, remote, ifindex, sequence, out);
  };
  return LookUp(info.Env(), build, diag::DecodeSubflow);
}

Napi::Value DiagSocket::Connection(const Napi::CallbackInfo& info) {
  const auto token = ReadInteger(info.Env(), info[0], UINT32_MAX, Path("token"));
  const auto build = [token](Buffer& out, std::uint32_t sequence) {
    diag::RequestSocket(token, sequence, out);
  };
  return LookUp(info.Env(), build, diag::DecodeSocket);
}

void DiagSocket::Close(const Napi::CallbackInfo&) { channel_.reset(); }

}  // namespace subflowd::binding
