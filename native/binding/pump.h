// Moves datagrams from a netlink socket to a listener: one uv_poll, and one call into JavaScript
// for all that a wake-up finds. Works in every environment (main thread, workers) and ends with it.
#pragma once

#include <napi.h>
#include <uv.h>

#include <cstddef>
#include <memory>
#include <string>

#include "netlink/receiver.h"
#include "netlink/socket.h"

namespace subflowd::binding {

class Pump : public std::enable_shared_from_this<Pump> {
 public:
  /// Keeps what a wake-up finds until it is told.
  class Inbox {
   public:
    virtual ~Inbox() = default;
    /// A datagram from the kernel, whole.
    virtual void Take(Bytes datagram) = 0;
    /// Datagrams were lost here.
    virtual void Lose(std::string reason) = 0;
    /// An array of all that was kept, which is forgotten; nothing where there is nothing to tell.
    virtual napi_value TakeBatch(napi_env env) = 0;
  };

  static std::shared_ptr<Pump> Start(Napi::Function listener, netlink::Socket socket,
                                     netlink::Receiver::Shape shape, std::unique_ptr<Inbox> inbox);
  ~Pump();

  /// Fills the inbox with what there is now, without telling it.
  void Drain();
  /// Tells what is in the inbox in the next turn of the loop, even if nothing arrives.
  void WakeSoon();

  /// May be called from the listener, and again.
  void Close();
  void Ref();
  void Unref();

  bool closed() const { return closed_; }
  const netlink::Socket& socket() const { return socket_; }

 private:
  Pump(Napi::Env env, netlink::Socket socket, netlink::Receiver::Shape shape,
       std::unique_ptr<Inbox> inbox);

  void Open(Napi::Function listener);
  void Poll(int events);
  void Wake();
  void Tell();

  Napi::Env env_;
  netlink::Socket socket_;
  netlink::Receiver receiver_;
  std::unique_ptr<Inbox> inbox_;
  Napi::FunctionReference listener_;
  napi_async_context context_ = nullptr;
  napi_async_cleanup_hook_handle hook_ = nullptr;
  uv_poll_t poll_{};
  std::shared_ptr<Pump> self_;  ///< as long as libuv knows the handle
  bool closed_ = false;
};

}  // namespace subflowd::binding
