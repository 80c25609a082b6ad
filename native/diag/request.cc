// struct inet_diag_req_v2 (linux/inet_diag.h) and, for MPTCP, the protocol as an attribute.
#include "diag/request.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>

#include <cstring>

#include "diag/constants.h"
#include "netlink/attributes.h"
#include "netlink/message.h"

namespace subflowd::diag {
namespace {

constexpr std::uint16_t kDump = NLM_F_REQUEST | NLM_F_DUMP;
constexpr std::uint16_t kOne = NLM_F_REQUEST | NLM_F_ACK;

/// INET_DIAG_INFO is asked for always: without it the kernel leaves out what the ULP tells, too.
inet_diag_req_v2 Body(IpFamily family, std::uint8_t protocol, std::uint32_t states) {
  inet_diag_req_v2 body{};
  body.sdiag_family = static_cast<std::uint8_t>(family);
  body.sdiag_protocol = protocol;
  body.idiag_ext = 1 << (INET_DIAG_INFO - 1);
  body.idiag_states = states;
  return body;
}

void AppendTcp(std::uint16_t flags, std::uint32_t sequence, const inet_diag_req_v2& body,
               Buffer& out) {
  netlink::MessageWriter message(out, SOCK_DIAG_BY_FAMILY, flags, sequence);
  message.Append(BytesOf(body));
}

void AppendMptcp(std::uint16_t flags, std::uint32_t sequence, const inet_diag_req_v2& body,
                 Buffer& out) {
  netlink::MessageWriter message(out, SOCK_DIAG_BY_FAMILY, flags, sequence);
  message.Append(BytesOf(body));
  netlink::AttributeWriter(out).U32(INET_DIAG_REQ_PROTOCOL, kProtocolMptcp);
}

}  // namespace

void RequestSockets(IpFamily family, std::uint32_t sequence, Buffer& out) {
  AppendMptcp(kDump, sequence, Body(family, 0, kConnectionStates), out);
}

void RequestSubflows(IpFamily family, std::uint32_t sequence, Buffer& out) {
  AppendTcp(kDump, sequence, Body(family, IPPROTO_TCP, kSubflowStates), out);
}

void RequestSocket(std::uint32_t token, std::uint32_t sequence, Buffer& out) {
  auto body = Body(IpFamily::kIpv4, 0, 0);
  // Where other protocols have a cookie, MPTCP expects the token (mptcp_diag_dump_one).
  body.id.idiag_cookie[0] = token;
  AppendMptcp(kOne, sequence, body, out);
}

void RequestSubflow(const SocketAddress& local, const SocketAddress& remote, std::uint32_t ifindex,
                    std::uint32_t sequence, Buffer& out) {
  auto body = Body(local.address.family, IPPROTO_TCP, 0);
  body.id.idiag_sport = htons(local.port);
  body.id.idiag_dport = htons(remote.port);
  std::memcpy(body.id.idiag_src, local.address.bytes.data(), sizeof body.id.idiag_src);
  std::memcpy(body.id.idiag_dst, remote.address.bytes.data(), sizeof body.id.idiag_dst);
  body.id.idiag_if = ifindex;
  body.id.idiag_cookie[0] = body.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  AppendTcp(kOne, sequence, body, out);
}

}  // namespace subflowd::diag
