// The inverse of decode_event.cc, in the manner of Linux 6.18 (net/mptcp/pm_netlink.c).
#include "mptcp/encode_event.h"

#include "netlink/attributes.h"

namespace subflowd::mptcp {
namespace {

class Encoder {
 public:
  explicit Encoder(Buffer& out) : write_(out) {}

  void operator()(const ConnectionOpened& event) {
    write_.U32(kEventToken, event.token);
    if (event.server_side) write_.U8(kEventServerSide, 1);
    const int flags =
        (event.deny_join_id0 ? kDenyJoinId0 : 0) | (event.server_side ? kServerSide : 0);
    if (flags != 0) write_.U16(kEventFlags, static_cast<std::uint16_t>(flags));
    Pair(event.local, event.remote);
    write_.U8(kEventLocalId, 0);
    write_.U8(kEventRemoteId, 0);
  }

  void operator()(const ConnectionClosed& event) { write_.U32(kEventToken, event.token); }

  void operator()(const AddressAnnounced& event) {
    write_.U32(kEventToken, event.token);
    write_.U8(kEventRemoteId, event.remote_id);
    write_.Big16(kEventDestPort, event.remote.port);
    Address(kEventDest4, kEventDest6, event.remote.address);
  }

  void operator()(const AddressRemoved& event) {
    write_.U32(kEventToken, event.token);
    write_.U8(kEventRemoteId, event.remote_id);
  }

  void operator()(const SubflowChanged& event) {
    write_.U32(kEventToken, event.token);
    Pair(event.local, event.remote);
    write_.U8(kEventLocalId, event.local_id);
    write_.U8(kEventRemoteId, event.remote_id);
    write_.U8(kEventBackup, event.backup);
    if (event.ifindex != 0) write_.U32(kEventIfindex, event.ifindex);
    if (event.error != 0) write_.U8(kEventError, event.error);
    if (event.reset_reason) write_.U32(kEventResetReason, *event.reset_reason);
    if (event.reset_flags) write_.U32(kEventResetFlags, *event.reset_flags);
  }

  void operator()(const ListenerChanged& event) {
    Family(event.local.address);
    write_.Big16(kEventSourcePort, event.local.port);
    Address(kEventSource4, kEventSource6, event.local.address);
  }

  void operator()(const UnknownEvent& event) {
    for (const auto& [type, payload] : event.attributes) write_.Put(type, payload);
  }

 private:
  void Family(const IpAddress& address) {
    write_.U16(kEventFamily, static_cast<std::uint16_t>(address.family));
  }

  void Address(EventAttribute v4, EventAttribute v6, const IpAddress& address) {
    const auto bytes = std::as_bytes(std::span(address.bytes));
    const bool is_v4 = address.family == IpFamily::kIpv4;
    write_.Put(is_v4 ? v4 : v6, bytes.first(is_v4 ? 4 : 16));
  }

  void Pair(const SocketAddress& local, const SocketAddress& remote) {
    Family(local.address);
    Address(kEventSource4, kEventSource6, local.address);
    Address(kEventDest4, kEventDest6, remote.address);
    write_.Big16(kEventSourcePort, local.port);
    write_.Big16(kEventDestPort, remote.port);
  }

  netlink::AttributeWriter write_;
};

}  // namespace

void EncodeEvent(const Event& event, Buffer& out) { std::visit(Encoder(out), event); }

std::uint8_t NumberOf(const Event& event) {
  struct Number {
    std::uint8_t operator()(const ConnectionClosed&) const { return kEventClosed; }
    std::uint8_t operator()(const AddressAnnounced&) const { return kEventAnnounced; }
    std::uint8_t operator()(const AddressRemoved&) const { return kEventRemoved; }
    std::uint8_t operator()(const ConnectionOpened& event) const { return event.number; }
    std::uint8_t operator()(const SubflowChanged& event) const { return event.number; }
    std::uint8_t operator()(const ListenerChanged& event) const { return event.number; }
    std::uint8_t operator()(const UnknownEvent& event) const { return event.number; }
  };
  return std::visit(Number{}, event);
}

}  // namespace subflowd::mptcp
