// MPTCP sockets: made, connected, asked about themselves.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string>

#include "failure.h"

constexpr int kSolMptcp = 284;
constexpr int kMptcpInfo = 1;
constexpr int kMptcpTcpInfo = 2;

/** The beginning of `struct mptcp_info`, as every kernel since 5.16 has it. */
struct MptcpInfo {
  uint8_t subflows;
  uint8_t others[7];
  uint32_t flags;
  uint32_t token;
};
static_assert(sizeof(MptcpInfo) == 16);

/** Nothing once the connection has fallen back to TCP (EOPNOTSUPP, or the fallback flag). */
inline std::optional<MptcpInfo> mptcp_info(int fd) {
  MptcpInfo info{};
  socklen_t size = sizeof info;
  if (getsockopt(fd, kSolMptcp, kMptcpInfo, &info, &size) < 0) return std::nullopt;
  if ((info.flags & 1) != 0) return std::nullopt;
  return info;
}

/** Those that can carry data: `mptcpi_subflows` counts the ones whose SYN is unanswered as well. */
inline int established_subflows(int fd) {
  constexpr int kMost = 32;
  struct {
    uint32_t header_size = 16, count = 0, kernel_size = 0, each_size = 8;
    // The beginning of `struct tcp_info`.
    struct {
      uint8_t state, others[7];
    } each[kMost];
  } data{};
  socklen_t size = sizeof data;
  if (getsockopt(fd, kSolMptcp, kMptcpTcpInfo, &data, &size) < 0) return 0;
  int established = 0;
  for (uint32_t i = 0; i < data.count && i < kMost; ++i)
    established += data.each[i].state == TCP_ESTABLISHED ? 1 : 0;
  return established;
}

inline int mptcp_socket(int family) {
  return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_MPTCP);
}

inline void set_option(int fd, int level, int name, int value) {
  if (setsockopt(fd, level, name, &value, sizeof value) < 0) fail("setsockopt");
}

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;

  const sockaddr* raw() const { return reinterpret_cast<const sockaddr*>(&storage); }
  int family() const { return storage.ss_family; }
};

/** `10.0.0.1`, `fd00::1`, `::ffff:10.0.0.1`; the last makes an AF_INET6 socket that speaks IPv4. */
inline Address parse_address(const std::string& text, int port) {
  Address address;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
  if (inet_pton(AF_INET, text.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(static_cast<uint16_t>(port));
    address.size = sizeof *v4;
  } else if (inet_pton(AF_INET6, text.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(static_cast<uint16_t>(port));
    address.size = sizeof *v6;
  } else {
    fail("'" + text + "' is no address", EINVAL);
  }
  return address;
}

/** As many descriptors as we may have; returns how many that is. */
inline size_t raise_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  const rlimit wanted{std::max<rlim_t>(limit.rlim_max, 65536),
                      std::max<rlim_t>(limit.rlim_max, 65536)};
  if (setrlimit(RLIMIT_NOFILE, &wanted) == 0) return wanted.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}
