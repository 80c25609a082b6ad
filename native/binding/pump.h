// Moves datagrams from a netlink socket to a listener: one call into JavaScript for all that a
// wake-up finds.
#pragma once

#include <napi.h>

#include <memory>
#include <string>

#include "binding/loop_handle.h"
#include "netlink/receiver.h"
#include "netlink/socket.h"

namespace subflowd::binding {

class Pump : public LoopHandle {
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

  /// Fills the inbox with what there is now, without telling it.
  void Drain();
  /// Tells what is in the inbox in the next turn of the loop, even if nothing arrives.
  void WakeSoon();

  const netlink::Socket& socket() const { return socket_; }

 private:
  Pump(Napi::Function listener, netlink::Socket socket, netlink::Receiver::Shape shape,
       std::unique_ptr<Inbox> inbox);

  void Ready() override;

  netlink::Socket socket_;
  netlink::Receiver receiver_;
  std::unique_ptr<Inbox> inbox_;
};

}  // namespace subflowd::binding
