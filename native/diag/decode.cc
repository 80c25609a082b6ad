// Answers of sock_diag.

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>

#include "records.h"

namespace subflowd::diag {

namespace {

using netlink::AttributeReader;
using netlink::Bytes;

/** Offsets in structures that newer kernels only lengthen: struct mptcp_info, struct tcp_info. */
constexpr size_t kMptcpFlags = 8;
constexpr size_t kMptcpToken = 12;
constexpr size_t kTcpRtt = 68;

constexpr uint32_t kMptcpFallback = 1;

/** Within INET_DIAG_ULP_INFO, and within its nest for MPTCP. */
constexpr uint16_t kUlpMptcp = 3;
constexpr uint16_t kTokenLocal = 2;
constexpr uint16_t kFlags = 8;
constexpr uint16_t kIdRemote = 9;
constexpr uint16_t kIdLocal = 10;

uint32_t u32_at(Bytes bytes, size_t offset) {
  uint32_t value = 0;
  if (bytes.size() >= offset + sizeof value) std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

mptcp::SocketAddress address(uint8_t family, const __be32 (&words)[4], __be16 port) {
  mptcp::SocketAddress at{static_cast<mptcp::Family>(family), {}, ntohs(port)};
  std::memcpy(at.bytes.data(), words, at.size());
  return at;
}

/** The fixed part; the attributes follow it. */
std::optional<inet_diag_msg> head_of(const netlink::Message& message) {
  inet_diag_msg head{};
  if (message.type != SOCK_DIAG_BY_FAMILY || message.payload.size() < sizeof head)
    return std::nullopt;
  std::memcpy(&head, message.payload.data(), sizeof head);
  if (head.idiag_family != AF_INET && head.idiag_family != AF_INET6) return std::nullopt;
  return head;
}

Endpoints ends_of(const inet_diag_msg& head) {
  return {head.idiag_state,
          address(head.idiag_family, head.id.idiag_src, head.id.idiag_sport),
          address(head.idiag_family, head.id.idiag_dst, head.id.idiag_dport),
          head.id.idiag_if,
          head.idiag_uid,
          head.idiag_inode};
}

/** Nothing where the upper-layer protocol is not MPTCP. */
std::optional<Bytes> mptcp_nest(Bytes ulp) {
  AttributeReader reader(ulp);
  while (const auto attribute = reader.next())
    if (attribute->type == kUlpMptcp) return attribute->value;
  return std::nullopt;
}

void take_mptcp(Subflow& subflow, Bytes nest) {
  AttributeReader reader(nest);
  while (const auto attribute = reader.next()) {
    if (attribute->type == kTokenLocal) subflow.token = attribute->as<uint32_t>().value_or(0);
    if (attribute->type == kFlags) subflow.flags = attribute->as<uint32_t>().value_or(0);
    if (attribute->type == kIdRemote) subflow.remote_id = attribute->as<uint8_t>().value_or(0);
    if (attribute->type == kIdLocal) subflow.local_id = attribute->as<uint8_t>().value_or(0);
  }
}

}  // namespace

std::optional<Connection> decode_connection(const netlink::Message& message) {
  const auto head = head_of(message);
  if (!head) return std::nullopt;
  Connection connection{ends_of(*head), 0, false};
  AttributeReader reader(message.payload.subspan(sizeof *head));
  while (const auto attribute = reader.next()) {
    if (attribute->type != INET_DIAG_INFO) continue;
    connection.token = u32_at(attribute->value, kMptcpToken);
    connection.fallback = (u32_at(attribute->value, kMptcpFlags) & kMptcpFallback) != 0;
  }
  if (connection.token == 0) return std::nullopt;
  return connection;
}

std::optional<Subflow> decode_subflow(const netlink::Message& message) {
  const auto head = head_of(message);
  if (!head) return std::nullopt;
  Subflow subflow{ends_of(*head), 0, 0, 0, 0, 0};
  bool is_mptcp = false;
  AttributeReader reader(message.payload.subspan(sizeof *head));
  while (const auto attribute = reader.next()) {
    if (attribute->type == INET_DIAG_INFO) subflow.rtt = u32_at(attribute->value, kTcpRtt);
    if (attribute->type != INET_DIAG_ULP_INFO) continue;
    const auto nest = mptcp_nest(attribute->value);
    if (!nest) continue;
    is_mptcp = true;
    take_mptcp(subflow, *nest);
  }
  if (!is_mptcp) return std::nullopt;
  return subflow;
}

}  // namespace subflowd::diag
