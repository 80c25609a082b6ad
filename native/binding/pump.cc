// libuv stops polling a socket that has an error, and a netlink socket has one (ENOBUFS) whenever
// the kernel drops a datagram: it is read like a datagram, and polling goes on.
#include "binding/pump.h"

#include <utility>

#include "binding/errors.h"

namespace subflowd::binding {
namespace {

/// So that a flood cannot starve the rest of the loop: what is left wakes us again.
constexpr std::size_t kDatagramsPerWake = 1024;

}  // namespace

std::shared_ptr<Pump> Pump::Start(Napi::Function listener, netlink::Socket socket,
                                  netlink::Receiver::Shape shape, std::unique_ptr<Inbox> inbox) {
  std::shared_ptr<Pump> pump(new Pump(listener, std::move(socket), shape, std::move(inbox)));
  pump->Open(pump->socket_.fd(), "SUBFLOWD_SOCKET");
  return pump;
}

Pump::Pump(Napi::Function listener, netlink::Socket socket, netlink::Receiver::Shape shape,
           std::unique_ptr<Inbox> inbox)
    : LoopHandle(listener),
      socket_(std::move(socket)),
      receiver_(shape),
      inbox_(std::move(inbox)) {}

void Pump::Ready() {
  Drain();
  Poll(UV_READABLE);
  Tell([this](napi_env env) { return inbox_->TakeBatch(env); });
}

void Pump::Drain() {
  for (std::size_t taken = 0; taken < kDatagramsPerWake;) {
    const auto datagrams = receiver_.Take(socket_);
    if (!datagrams) {
      inbox_->Lose("recvmmsg: " + ErrorCode(datagrams.error().number));
      if (datagrams.error().number != ENOBUFS) return;
      ++taken;
      continue;
    }
    for (const netlink::Datagram& datagram : *datagrams) {
      if (datagram.sender != 0) continue;  // anybody may write to a netlink socket
      if (datagram.truncated) {
        inbox_->Lose("a datagram is larger than the buffer for it");
      } else {
        inbox_->Take(datagram.bytes);
      }
    }
    if (datagrams->size() < receiver_.slots()) return;
    taken += datagrams->size();
  }
}

void Pump::WakeSoon() { Poll(UV_READABLE | UV_WRITABLE); }

}  // namespace subflowd::binding
