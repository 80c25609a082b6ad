// A TCP segment with an MPTCP option, as far as the beginning of a connection needs it.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>

/** A connection seen from this host. */
struct Flow {
  std::array<uint8_t, 16> local, remote;
  uint16_t local_port, remote_port;
  bool operator==(const Flow&) const = default;
};

template <>
struct std::hash<Flow> {
  size_t operator()(const Flow& flow) const noexcept;
};

struct Segment {
  Flow flow;
  bool outgoing;
  bool syn;
  bool ack;
  /** MP_CAPABLE: present; with the SYN-ACK, the token of the key that its sender shows. */
  bool capable = false;
  uint32_t sender_token = 0;
  /** MP_JOIN: present; with the SYN, the token of the connection it wants to join. */
  bool join = false;
  uint32_t receiver_token = 0;
  /** DSS with a DATA_ACK. */
  bool data_ack = false;
};

/** From an IP packet; nothing where it is no TCP, or carries no MPTCP option. */
std::optional<Segment> parse_segment(std::span<const uint8_t> packet, bool outgoing);
