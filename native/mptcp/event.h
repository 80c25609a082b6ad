// What the kernel tells about connections, decoded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <variant>
#include <vector>

#include "mptcp/constants.h"
#include "netlink/address.h"

namespace subflowd::mptcp {

/// `number` says which of several events with the same content it is.
struct ConnectionOpened {
  EventNumber number = kEventCreated;  // or kEventEstablished
  std::uint32_t token = 0;
  SocketAddress local;
  SocketAddress remote;
  bool server_side = false;
  bool deny_join_id0 = false;

  bool operator==(const ConnectionOpened&) const = default;
};

struct ConnectionClosed {
  std::uint32_t token = 0;

  bool operator==(const ConnectionClosed&) const = default;
};

struct AddressAnnounced {
  std::uint32_t token = 0;
  std::uint8_t remote_id = 0;
  SocketAddress remote;

  bool operator==(const AddressAnnounced&) const = default;
};

struct AddressRemoved {
  std::uint32_t token = 0;
  std::uint8_t remote_id = 0;

  bool operator==(const AddressRemoved&) const = default;
};

struct SubflowChanged {
  EventNumber number = kEventSubEstablished;  // or kEventSubClosed, kEventSubPriority
  std::uint32_t token = 0;
  SocketAddress local;
  SocketAddress remote;
  std::uint8_t local_id = 0;
  std::uint8_t remote_id = 0;
  bool backup = false;
  std::uint32_t ifindex = 0;
  std::uint8_t error = 0;
  std::optional<std::uint32_t> reset_reason{};
  std::optional<std::uint32_t> reset_flags{};

  bool operator==(const SubflowChanged&) const = default;
};

struct ListenerChanged {
  EventNumber number = kEventListenerCreated;  // or kEventListenerClosed
  SocketAddress local;

  bool operator==(const ListenerChanged&) const = default;
};

/// An event that a newer kernel sends.
struct UnknownEvent {
  std::uint8_t number = 0;
  std::map<std::uint16_t, std::vector<std::byte>> attributes;

  bool operator==(const UnknownEvent&) const = default;
};

using Event = std::variant<ConnectionOpened, ConnectionClosed, AddressAnnounced, AddressRemoved,
                           SubflowChanged, ListenerChanged, UnknownEvent>;

}  // namespace subflowd::mptcp
