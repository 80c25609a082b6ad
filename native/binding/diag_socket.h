// The class DiagSocket: look-ups of one connection or subflow, answered on the spot.
#pragma once

#include <napi.h>

#include <memory>
#include <optional>

#include "netlink/socket.h"
#include "netlink/transactor.h"

namespace subflowd::binding {

class DiagSocket : public Napi::ObjectWrap<DiagSocket> {
 public:
  static Napi::Function Define(Napi::Env env);

  /// new DiagSocket(options?)
  explicit DiagSocket(const Napi::CallbackInfo& info);

 private:
  struct Channel {
    explicit Channel(netlink::Socket opened) : socket(std::move(opened)), transactor(socket) {}
    netlink::Socket socket;
    netlink::Transactor transactor;
  };

  Napi::Value Subflow(const Napi::CallbackInfo& info);
  Napi::Value Connection(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);

  /// What `decode` makes of the kernel's one answer; undefined where it finds nothing.
  template <typename Decode>
  Napi::Value LookUp(Napi::Env env, const netlink::Transactor::Builder& build, Decode decode);

  std::unique_ptr<Channel> channel_;
};

}  // namespace subflowd::binding
