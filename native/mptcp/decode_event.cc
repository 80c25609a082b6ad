// Reads all attributes at once, then takes from them what the event needs.
#include "mptcp/decode_event.h"

#include <string>

namespace subflowd::mptcp {
namespace {

using netlink::AttributeReader;
using netlink::Decoded;
using netlink::Malformed;

class Attributes {
 public:
  explicit Attributes(Bytes bytes);

  bool Has(EventAttribute attribute) const { return present_ & (1u << attribute); }

  std::uint32_t token = 0;
  SocketAddress local;
  SocketAddress remote;
  std::uint8_t local_id = 0;
  std::uint8_t remote_id = 0;
  bool backup = false;
  std::uint8_t error = 0;
  std::uint16_t flags = 0;
  std::int32_t ifindex = 0;
  std::uint32_t reset_reason = 0;
  std::uint32_t reset_flags = 0;
  std::uint8_t server_side = 0;
  std::optional<Malformed> malformed;

 private:
  void Take(AttributeReader& reader);

  std::uint32_t present_ = 0;
};

Attributes::Attributes(Bytes bytes) {
  AttributeReader reader(bytes);
  while (reader.Next()) {
    if (reader.type() < 32) present_ |= 1u << reader.type();
    Take(reader);
  }
  malformed = reader.error();
}

void Attributes::Take(AttributeReader& reader) {
  switch (reader.type()) {
    case kEventToken:
      token = reader.U32();
      break;
    case kEventLocalId:
      local_id = reader.U8();
      break;
    case kEventRemoteId:
      remote_id = reader.U8();
      break;
    case kEventSource4:
      local.address = IpAddress::V4(reader.Array<4>());
      break;
    case kEventSource6:
      local.address = IpAddress::V6(reader.Array<16>());
      break;
    case kEventDest4:
      remote.address = IpAddress::V4(reader.Array<4>());
      break;
    case kEventDest6:
      remote.address = IpAddress::V6(reader.Array<16>());
      break;
    case kEventSourcePort:
      local.port = reader.Big16();
      break;
    case kEventDestPort:
      remote.port = reader.Big16();
      break;
    case kEventBackup:
      backup = reader.U8() != 0;
      break;
    case kEventError:
      error = reader.U8();
      break;
    case kEventFlags:
      flags = reader.U16();
      break;
    case kEventIfindex:
      ifindex = reader.S32();
      break;
    case kEventResetReason:
      reset_reason = reader.U32();
      break;
    case kEventResetFlags:
      reset_flags = reader.U32();
      break;
    case kEventServerSide:
      server_side = reader.U8();
      break;
  }
}

/// The parts of an event that must be there; which address family it is shows in the attribute.
enum Need : unsigned { kNeedToken = 1, kNeedRemoteId = 2, kNeedLocal = 4, kNeedRemote = 8 };

const char* Missing(const Attributes& attributes, unsigned needs) {
  const auto has = [&](EventAttribute attribute) { return attributes.Has(attribute); };
  if ((needs & kNeedToken) && !has(kEventToken)) return "token";
  if ((needs & kNeedRemoteId) && !has(kEventRemoteId)) return "remote id";
  if ((needs & kNeedLocal) && !has(kEventSource4) && !has(kEventSource6)) return "local address";
  if ((needs & kNeedRemote) && !has(kEventDest4) && !has(kEventDest6)) return "remote address";
  return nullptr;
}

unsigned NeedsOf(std::uint8_t number) {
  switch (number) {
    case kEventClosed:
      return kNeedToken;
    case kEventAnnounced:
      return kNeedToken | kNeedRemoteId | kNeedRemote;
    case kEventRemoved:
      return kNeedToken | kNeedRemoteId;
    case kEventListenerCreated:
    case kEventListenerClosed:
      return kNeedLocal;
    default:
      return kNeedToken | kNeedLocal | kNeedRemote;
  }
}

ConnectionOpened Opened(EventNumber number, const Attributes& from) {
  return {.number = number,
          .token = from.token,
          .local = from.local,
          .remote = from.remote,
          .server_side = (from.flags & kServerSide) || from.server_side == 1,
          .deny_join_id0 = (from.flags & kDenyJoinId0) != 0};
}

SubflowChanged Changed(EventNumber number, const Attributes& from) {
  SubflowChanged event{.number = number,
                       .token = from.token,
                       .local = from.local,
                       .remote = from.remote,
                       .local_id = from.local_id,
                       .remote_id = from.remote_id,
                       .backup = from.backup,
                       .ifindex = static_cast<std::uint32_t>(from.ifindex),
                       .error = from.error,
                       .reset_reason = {},
                       .reset_flags = {}};
  if (from.Has(kEventResetReason)) event.reset_reason = from.reset_reason;
  if (from.Has(kEventResetFlags)) event.reset_flags = from.reset_flags;
  return event;
}

Decoded<Event> KeepWhole(std::uint8_t number, Bytes bytes) {
  auto event = DecodeRawEvent(number, bytes);
  if (!event) return Unexpected{event.error()};
  return Event(*std::move(event));
}

Event Build(EventNumber number, const Attributes& from) {
  switch (number) {
    case kEventCreated:
    case kEventEstablished:
      return Opened(number, from);
    case kEventClosed:
      return ConnectionClosed{from.token};
    case kEventAnnounced:
      return AddressAnnounced{from.token, from.remote_id, from.remote};
    case kEventRemoved:
      return AddressRemoved{from.token, from.remote_id};
    case kEventSubEstablished:
    case kEventSubClosed:
    case kEventSubPriority:
      return Changed(number, from);
    case kEventListenerCreated:
    case kEventListenerClosed:
      return ListenerChanged{number, from.local};
  }
  __builtin_unreachable();
}

bool IsKnown(std::uint8_t number) {
  switch (number) {
    case kEventCreated:
    case kEventEstablished:
    case kEventClosed:
    case kEventAnnounced:
    case kEventRemoved:
    case kEventSubEstablished:
    case kEventSubClosed:
    case kEventSubPriority:
    case kEventListenerCreated:
    case kEventListenerClosed:
      return true;
    default:
      return false;
  }
}

}  // namespace

Decoded<Event> DecodeEvent(std::uint8_t number, Bytes bytes) {
  if (!IsKnown(number)) return KeepWhole(number, bytes);
  const Attributes attributes(bytes);
  if (attributes.malformed) return Unexpected{*attributes.malformed};
  if (const char* missing = Missing(attributes, NeedsOf(number))) {
    return Unexpected{Malformed{std::string("no ") + missing}};
  }
  return Build(static_cast<EventNumber>(number), attributes);
}

Decoded<UnknownEvent> DecodeRawEvent(std::uint8_t number, Bytes bytes) {
  UnknownEvent event{.number = number, .attributes = {}};
  AttributeReader reader(bytes);
  while (reader.Next()) {
    event.attributes[reader.type()].assign(reader.payload().begin(), reader.payload().end());
  }
  if (reader.error()) return Unexpected{*reader.error()};
  return event;
}

}  // namespace subflowd::mptcp
