// sock_diag: the requests byte by byte, and answers of several kernels.
#include "check.h"
#include "diag/decode.h"
#include "diag/request.h"
#include "diag_answers.h"
#include "hex.h"

namespace subflowd::diag {
namespace {

using test::Hex;

IpAddress Ip(const char* text) { return *ParseAddress(text); }

TEST("MPTCP sockets are asked for with the protocol as an attribute") {
  Buffer out;
  RequestSockets(IpFamily::kIpv4, 2, out);
  Buffer expected = Hex("50000000 1400 0103 02000000 00000000 02000200 ff0b0000");
  expected.resize(expected.size() + 48);
  const Buffer protocol = Hex("0800 0300 06010000");
  expected.insert(expected.end(), protocol.begin(), protocol.end());
  CHECK(out == expected);
}

TEST("subflows are asked for with the INFO bit, without which the kernel leaves MPTCP out") {
  Buffer out;
  RequestSubflows(IpFamily::kIpv6, 3, out);
  Buffer expected = Hex("48000000 1400 0103 03000000 00000000 0a060200 3f0b0000");
  expected.resize(expected.size() + 48);
  CHECK(out == expected);
}

TEST("one connection is asked for by its token, in the place of the cookie") {
  Buffer out;
  RequestSocket(0x01020304, 4, out);
  CHECK(out.size() == 80);
  CHECK(Buffer(out.begin() + 64, out.begin() + 72) == Hex("04030201 00000000"));
}

TEST("one subflow is asked for by its addresses, its interface and no cookie") {
  Buffer out;
  RequestSubflow({Ip("10.0.0.1"), 32768}, {Ip("10.0.0.2"), 443}, 3, 4, out);
  CHECK(out == Hex("48000000 1400 0500 04000000 00000000 02060200 00000000"
                   "8000 01bb 0a000001 00000000 00000000 00000000"
                   "          0a000002 00000000 00000000 00000000 03000000 ffffffff ffffffff"));
}

TEST("a connection is read with the token of its mptcp_info") {
  const auto socket = DecodeSocket(test::SocketAnswer({}));
  CHECK(socket && *socket);
  const MptcpSocket expected{.token = 0x3c6937e5,
                             .state = kEstablished,
                             .family = IpFamily::kIpv4,
                             .local = {Ip("10.0.0.1"), 32768},
                             .remote = {Ip("10.0.0.2"), 443},
                             .uid = 1000,
                             .inode = 4242,
                             .fallback = false};
  CHECK(**socket == expected);
}

TEST("a connection that became plain TCP is marked") {
  const auto socket = DecodeSocket(test::SocketAnswer({.info_flags = 1}));
  CHECK(socket && *socket && (*socket)->fallback);
}

TEST("an mptcp_info that ends before the token leaves a connection without one") {
  const auto socket = DecodeSocket(test::SocketAnswer({.info_size = 12}));
  CHECK(socket && *socket && (*socket)->token == 0);
}

TEST("a socket without a token that is not established is no connection") {
  const auto socket = DecodeSocket(test::SocketAnswer({.state = kClose, .info_size = 12}));
  CHECK(socket && !*socket);
}

TEST("a subflow is read from what its ULP tells") {
  const auto subflow = DecodeSubflow(test::SubflowAnswer({.ulp_flags = 0x1e8}));
  CHECK(subflow && *subflow);
  const Subflow expected{.token = 0x3c6937e5,
                         .state = kEstablished,
                         .family = IpFamily::kIpv4,
                         .local = {Ip("10.0.0.1"), 32768},
                         .remote = {Ip("10.0.0.2"), 443},
                         .local_id = 2,
                         .remote_id = 1,
                         .ifindex = 3,
                         .uid = 1000,
                         .initial = false,
                         .initiated_here = true,
                         .backup_local = true,
                         .backup_remote = false,
                         .fully_established = true,
                         .rtt = 1500};
  CHECK(**subflow == expected);
}

TEST("who opened the initial subflow shows in its flags") {
  const auto client = DecodeSubflow(test::SubflowAnswer({.ulp_flags = 0xc3}));
  CHECK(client && (*client)->initial && (*client)->initiated_here);
  const auto server = DecodeSubflow(test::SubflowAnswer({.ulp_flags = 0xc1}));
  CHECK(server && (*server)->initial && !(*server)->initiated_here);
}

TEST("a tcp_info that ends before the round-trip time leaves that at 0") {
  const auto subflow = DecodeSubflow(test::SubflowAnswer({.ulp_flags = 1, .info_size = 68}));
  CHECK(subflow && *subflow && (*subflow)->rtt == 0);
}

TEST("a TCP socket of nobody's connection is passed over") {
  const auto plain = DecodeSubflow(test::SubflowAnswer({.ulp = ""}));
  const auto tls = DecodeSubflow(test::SubflowAnswer({.ulp = "tls"}));
  CHECK(plain && !*plain && tls && !*tls);
}

TEST("an answer that is cut off is an error") {
  CHECK(!DecodeSocket(Hex("0a 01 00 00")));
  CHECK(!DecodeSubflow({}));
}

}  // namespace
}  // namespace subflowd::diag
