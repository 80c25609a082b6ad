// Event → bytes, as the kernel writes them: what the decoder is tested against.

#include <arpa/inet.h>

#include "../netlink/generic.h"
#include "event.h"

namespace subflowd::mptcp {

namespace {

void write_end(netlink::AttributeWriter& writer, const SocketAddress& end, uint16_t v4, uint16_t v6,
               uint16_t port) {
  writer.bytes(end.family == Family::kIpv4 ? v4 : v6, end.address());
  if (end.port != 0) writer.number(port, htons(end.port));
}

}  // namespace

void encode_event(netlink::Buffer& buffer, const Event& event, uint16_t family) {
  netlink::MessageWriter message(buffer, family, 0, 0);
  message.structure(netlink::GenericHeader{event.type});
  auto writer = message.attributes();
  if (event.token) writer.number(event_attr::kToken, *event.token);
  if (event.family) writer.number(event_attr::kFamily, static_cast<uint16_t>(*event.family));
  if (event.local_id != 0) writer.number(event_attr::kLocId, event.local_id);
  if (event.remote_id != 0) writer.number(event_attr::kRemId, event.remote_id);
  if (event.local)
    write_end(writer, *event.local, event_attr::kSaddr4, event_attr::kSaddr6, event_attr::kSport);
  if (event.remote)
    write_end(writer, *event.remote, event_attr::kDaddr4, event_attr::kDaddr6, event_attr::kDport);
  if (event.backup) writer.number(event_attr::kBackup, uint8_t{1});
  if (event.error != 0) writer.number(event_attr::kError, event.error);
  if (event.ifindex != 0) writer.number(event_attr::kIfIdx, event.ifindex);
  if (event.reset_reason) writer.number(event_attr::kResetReason, *event.reset_reason);
  if (event.reset_flags) writer.number(event_attr::kResetFlags, *event.reset_flags);
  const int flags = (event.deny_join_id0 ? kEventDenyJoinId0 : 0) |
                    (event.server_side ? kEventServerSide : 0);
  if (flags != 0) writer.number(event_attr::kFlags, static_cast<uint16_t>(flags));
  for (const auto& [type, value] : event.raw) writer.bytes(type, value);
  message.end();
}

}  // namespace subflowd::mptcp
