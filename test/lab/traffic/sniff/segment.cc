#include "segment.h"

#include <netinet/in.h>

#include <algorithm>
#include <string_view>

#include "sha256.h"

namespace {

constexpr uint8_t kMptcpOption = 30;
enum Subtype : uint8_t { kCapable = 0, kJoin = 1, kDss = 2 };
constexpr uint8_t kSyn = 0x02, kAck = 0x10;

uint32_t big_endian(std::span<const uint8_t> b) {
  return uint32_t{b[0]} << 24 | uint32_t{b[1]} << 16 | uint32_t{b[2]} << 8 | b[3];
}

/** Copies both addresses; returns how long the IP header is, 0 where no TCP follows. */
size_t parse_ip(std::span<const uint8_t> packet, std::array<uint8_t, 16>& from,
                std::array<uint8_t, 16>& to) {
  if (packet.size() < 20) return 0;
  if (packet[0] >> 4 == 4) {
    std::copy_n(&packet[12], 4, from.begin());
    std::copy_n(&packet[16], 4, to.begin());
    return packet[9] == IPPROTO_TCP ? (packet[0] & 15U) * 4 : 0;
  }
  if (packet[0] >> 4 != 6 || packet.size() < 40) return 0;
  std::copy_n(&packet[8], 16, from.begin());
  std::copy_n(&packet[24], 16, to.begin());
  return packet[6] == IPPROTO_TCP ? 40 : 0;
}

void parse_mptcp(std::span<const uint8_t> option, Segment& segment) {
  switch (option[2] >> 4) {
    case kCapable:
      segment.capable = true;
      // Version 1: 4 bytes in the SYN, 12 in the SYN-ACK (the sender's key), 20 and more later.
      if (option.size() == 12) segment.sender_token = token_of_key(option.subspan<4, 8>());
      break;
    case kJoin:
      segment.join = true;
      if (option.size() == 12) segment.receiver_token = big_endian(option.subspan<4, 4>());
      break;
    case kDss:
      segment.data_ack = option.size() > 3 && (option[3] & 1) != 0;
      break;
    default:
      break;
  }
}

bool parse_options(std::span<const uint8_t> options, Segment& segment) {
  bool found = false;
  while (options.size() >= 2 && options[0] != 0) {
    if (options[0] == 1) {
      options = options.subspan(1);
      continue;
    }
    const size_t size = options[1];
    if (size < 2 || size > options.size()) break;
    if (options[0] == kMptcpOption && size >= 3) {
      parse_mptcp(options.first(size), segment);
      found = true;
    }
    options = options.subspan(size);
  }
  return found;
}

}  // namespace

size_t std::hash<Flow>::operator()(const Flow& flow) const noexcept {
  static_assert(std::has_unique_object_representations_v<Flow>);
  return std::hash<std::string_view>{}({reinterpret_cast<const char*>(&flow), sizeof flow});
}

std::optional<Segment> parse_segment(std::span<const uint8_t> packet, bool outgoing) {
  std::array<uint8_t, 16> from{}, to{};
  const size_t ip = parse_ip(packet, from, to);
  if (ip == 0 || packet.size() < ip + 20) return std::nullopt;
  const auto tcp = packet.subspan(ip);
  const auto from_port = static_cast<uint16_t>(tcp[0] << 8 | tcp[1]);
  const auto to_port = static_cast<uint16_t>(tcp[2] << 8 | tcp[3]);
  const size_t header = (tcp[12] >> 4U) * 4U;
  if (header < 20 || tcp.size() < header) return std::nullopt;
  Segment segment{
      .flow = outgoing ? Flow{from, to, from_port, to_port} : Flow{to, from, to_port, from_port},
      .outgoing = outgoing,
      .syn = (tcp[13] & kSyn) != 0,
      .ack = (tcp[13] & kAck) != 0};
  if (!parse_options(tcp.subspan(20, header - 20), segment)) return std::nullopt;
  return segment;
}
