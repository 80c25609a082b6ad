#include "port.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "../common/failure.h"

namespace {

// Ethernet, IPv4 and TCP with timestamps: what each further segment of a large frame repeats.
constexpr size_t kHeaders = 14 + 20 + 32;

void enable(int fd, int level, int name, const char* what) {
  const int on = 1;
  must(setsockopt(fd, level, name, &on, sizeof on), what);
}

}  // namespace

Port::Port(const std::string& interface)
    : fd_(must(socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0),
               "socket(AF_PACKET)")) {
  enable(fd_, SOL_PACKET, PACKET_VNET_HDR, "PACKET_VNET_HDR");
  // Otherwise each frame that the relay sends would come back to it.
  enable(fd_, SOL_PACKET, PACKET_IGNORE_OUTGOING, "PACKET_IGNORE_OUTGOING");
  const int buffer = 16 << 20;
  if (setsockopt(fd_, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer) < 0)
    setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = static_cast<int>(if_nametoindex(interface.c_str()));
  if (address.sll_ifindex == 0) fail("'" + interface + "'");
  must(bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), "bind(AF_PACKET)");
}

Port::~Port() { close(fd_); }

std::optional<Frame> Port::receive() {
  static std::array<uint8_t, sizeof(VirtioHeader) + 256 * 1024> bytes;
  for (;;) {
    const ssize_t size = recv(fd_, bytes.data(), bytes.size(), 0);
    if (size >= 0) return Frame(bytes.begin(), bytes.begin() + size);
    // The interface went down: it is told once, and works again when it is up.
    if (errno == ENETDOWN || errno == EINTR) continue;
    if (errno == EAGAIN) return std::nullopt;
    fail("recv(AF_PACKET)");
  }
}

bool Port::send(const Frame& frame) { return write(fd_, frame.data(), frame.size()) >= 0; }

Load load_of(const Frame& frame) {
  VirtioHeader header;
  std::memcpy(&header, frame.data(), sizeof header);
  const size_t bytes = frame.size() - sizeof header;
  if (header.gso_type == 0 || header.gso_size == 0 || bytes <= kHeaders) return {1, bytes};
  const size_t packets = (bytes - kHeaders + header.gso_size - 1) / header.gso_size;
  return {packets, bytes + (packets - 1) * kHeaders};
}
