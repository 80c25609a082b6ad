// Requests to sock_diag.

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>

#include <algorithm>

#include "records.h"

namespace subflowd::diag {

namespace {

constexpr uint32_t kIpprotoMptcp = 262;  // more than the request's one byte: an attribute carries it
constexpr uint8_t kWithInfo = 1 << (INET_DIAG_INFO - 1);

/** Sets of TCP states. Neither has LISTEN; a subflow in TIME_WAIT or CLOSE has no MPTCP any more. */
constexpr uint32_t kAnyConnection = 0xbff;
constexpr uint32_t kAnySubflow = 0xb3f;

inet_diag_req_v2 request(uint8_t family, uint8_t protocol, uint32_t states) {
  inet_diag_req_v2 body{};
  body.sdiag_family = family;
  body.sdiag_protocol = protocol;
  body.idiag_ext = kWithInfo;
  body.idiag_states = states;
  return body;
}

void write(netlink::Buffer& buffer, const inet_diag_req_v2& body, uint16_t flags, bool mptcp,
           uint32_t sequence) {
  netlink::MessageWriter message(buffer, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST | flags, sequence);
  message.structure(body);
  if (mptcp) message.attributes().number(INET_DIAG_REQ_PROTOCOL, kIpprotoMptcp);
  message.end();
}

void put(__be32 (&where)[4], const mptcp::SocketAddress& at) {
  std::memcpy(where, at.bytes.data(), at.size());
}

}  // namespace

void encode_connection_dump(netlink::Buffer& buffer, uint8_t family, uint32_t sequence) {
  write(buffer, request(family, 0, kAnyConnection), NLM_F_DUMP, true, sequence);
}

void encode_subflow_dump(netlink::Buffer& buffer, uint8_t family, uint32_t sequence) {
  write(buffer, request(family, IPPROTO_TCP, kAnySubflow), NLM_F_DUMP, false, sequence);
}

void encode_connection_query(netlink::Buffer& buffer, uint8_t family, uint32_t token,
                             uint32_t sequence) {
  inet_diag_req_v2 body = request(family, 0, kAnyConnection);
  body.id.idiag_cookie[0] = token;
  write(buffer, body, NLM_F_ACK, true, sequence);
}

void encode_subflow_query(netlink::Buffer& buffer, const mptcp::SocketAddress& local,
                          const mptcp::SocketAddress& remote, uint32_t ifindex, uint32_t sequence) {
  const auto family = static_cast<uint8_t>(local.family);
  inet_diag_req_v2 body = request(family, IPPROTO_TCP, kAnySubflow);
  body.id.idiag_sport = htons(local.port);
  body.id.idiag_dport = htons(remote.port);
  put(body.id.idiag_src, local);
  put(body.id.idiag_dst, remote);
  body.id.idiag_if = ifindex;
  std::fill(std::begin(body.id.idiag_cookie), std::end(body.id.idiag_cookie), INET_DIAG_NOCOOKIE);
  write(buffer, body, NLM_F_ACK, false, sequence);
}

}  // namespace subflowd::diag
