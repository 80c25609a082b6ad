#include "event.h"

#include <arpa/inet.h>

#include "../netlink/generic.h"

namespace subflowd::mptcp {

namespace {

using netlink::Attribute;
using netlink::AttributeReader;

/** Takes an address or a port into one end: they come as attributes of their own, in any order. */
bool take_address(std::optional<SocketAddress>& end, const Attribute& attribute) {
  const auto at = from_bytes(attribute.value);
  if (!at) return false;
  const uint16_t port = end ? end->port : 0;
  end = *at;
  end->port = port;
  return true;
}

void take_port(std::optional<SocketAddress>& end, const Attribute& attribute) {
  if (!end) end.emplace();
  end->port = ntohs(attribute.as<uint16_t>().value_or(0));
}

/** False where the attribute contradicts its type. */
bool take(Event& event, const Attribute& attribute) {
  switch (attribute.type) {
    case event_attr::kToken:
      event.token = attribute.as<uint32_t>();
      return event.token.has_value();
    case event_attr::kFamily:
      event.family = static_cast<Family>(attribute.as<uint16_t>().value_or(0));
      return true;
    case event_attr::kLocId:
      event.local_id = attribute.as<uint8_t>().value_or(0);
      return true;
    case event_attr::kRemId:
      event.remote_id = attribute.as<uint8_t>().value_or(0);
      return true;
    case event_attr::kSaddr4:
    case event_attr::kSaddr6:
      return take_address(event.local, attribute);
    case event_attr::kDaddr4:
    case event_attr::kDaddr6:
      return take_address(event.remote, attribute);
    case event_attr::kSport:
      take_port(event.local, attribute);
      return true;
    case event_attr::kDport:
      take_port(event.remote, attribute);
      return true;
    case event_attr::kBackup:
      event.backup = attribute.as<uint8_t>().value_or(0) != 0;
      return true;
    case event_attr::kError:
      event.error = attribute.as<uint8_t>().value_or(0);
      return true;
    case event_attr::kFlags: {
      const uint16_t flags = attribute.as<uint16_t>().value_or(0);
      event.deny_join_id0 |= (flags & kEventDenyJoinId0) != 0;
      event.server_side |= (flags & kEventServerSide) != 0;
      return true;
    }
    case event_attr::kIfIdx:
      event.ifindex = attribute.as<int32_t>().value_or(0);
      return true;
    case event_attr::kResetReason:
      event.reset_reason = attribute.as<uint32_t>();
      return true;
    case event_attr::kResetFlags:
      event.reset_flags = attribute.as<uint32_t>();
      return true;
    case event_attr::kServerSide:
      event.server_side |= attribute.as<uint8_t>().value_or(0) != 0;
      return true;
    default:
      return true;
  }
}

bool has_address(const std::optional<SocketAddress>& end) {
  return end && end->family != Family::kNone;
}

/** What its type always carries must be there. */
bool is_complete(const Event& event) {
  switch (static_cast<EventType>(event.type)) {
    case EventType::kClosed:
    case EventType::kRemoved:
      return event.token.has_value();
    case EventType::kAnnounced:
      return event.token && has_address(event.remote);
    case EventType::kListenerCreated:
    case EventType::kListenerClosed:
      return has_address(event.local);
    default:
      return event.token && has_address(event.local) && has_address(event.remote);
  }
}

}  // namespace

bool is_known(uint8_t type) {
  switch (static_cast<EventType>(type)) {
    case EventType::kCreated:
    case EventType::kEstablished:
    case EventType::kClosed:
    case EventType::kAnnounced:
    case EventType::kRemoved:
    case EventType::kSubEstablished:
    case EventType::kSubClosed:
    case EventType::kSubPriority:
    case EventType::kListenerCreated:
    case EventType::kListenerClosed:
      return true;
  }
  return false;
}

std::optional<Event> decode_event(const netlink::Message& message) {
  const auto generic = netlink::parse_generic(message);
  if (!generic) return std::nullopt;
  Event event;
  event.type = generic->command;
  const bool known = is_known(event.type);
  AttributeReader reader(generic->attributes);
  while (const auto attribute = reader.next()) {
    if (!known) {
      const auto value = attribute->value;
      event.raw.emplace_back(attribute->type, netlink::Buffer(value.begin(), value.end()));
    } else if (!take(event, *attribute)) {
      return std::nullopt;
    }
  }
  if (reader.malformed() || (known && !is_complete(event))) return std::nullopt;
  return event;
}

}  // namespace subflowd::mptcp
