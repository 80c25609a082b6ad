#include "tap.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>

#include "../common/failure.h"

namespace {

// Room for the ring's own header (about 96 bytes), IPv6 (40) and TCP with all its options (60).
constexpr unsigned kFrame = 256;
constexpr unsigned kBlock = 1 << 18;
constexpr unsigned kBlocks = 256;
constexpr size_t kFrames = size_t{kBlock} / kFrame * kBlocks;

void set(int fd, int level, int name, const void* value, socklen_t size, const char* what) {
  must(setsockopt(fd, level, name, value, size), what);
}

}  // namespace

Tap::Tap() : fd_(must(socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket(AF_PACKET)")) {
  const int version = TPACKET_V2;
  const int on = 1;
  const tpacket_req ring{kBlock, kBlocks, kFrame, static_cast<unsigned>(kFrames)};
  set(fd_, SOL_PACKET, PACKET_VERSION, &version, sizeof version, "PACKET_VERSION");
  set(fd_, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on, "SO_TIMESTAMPNS");
  set(fd_, SOL_PACKET, PACKET_RX_RING, &ring, sizeof ring, "PACKET_RX_RING");
  void* const memory =
      mmap(nullptr, size_t{kBlock} * kBlocks, PROT_READ | PROT_WRITE, MAP_SHARED, fd_, 0);
  if (memory == MAP_FAILED) fail("mmap(PACKET_RX_RING)");
  ring_ = static_cast<uint8_t*>(memory);
  sockaddr_ll any{};
  any.sll_family = AF_PACKET;
  any.sll_protocol = htons(ETH_P_ALL);
  must(bind(fd_, reinterpret_cast<sockaddr*>(&any), sizeof any), "bind(AF_PACKET)");
}

Tap::~Tap() {
  munmap(ring_, size_t{kBlock} * kBlocks);
  close(fd_);
}

uint8_t* Tap::frame(size_t index) const { return ring_ + index * kFrame; }

void Tap::fetch(const std::function<void(const Packet&)>& look) {
  for (;;) {
    auto* const header = reinterpret_cast<tpacket2_hdr*>(frame(next_));
    const std::atomic_ref status(header->tp_status);
    if ((status.load(std::memory_order_acquire) & TP_STATUS_USER) == 0) return;
    const auto* from =
        reinterpret_cast<const sockaddr_ll*>(frame(next_) + TPACKET_ALIGN(sizeof *header));
    look({.bytes = {frame(next_) + header->tp_net, header->tp_snaplen},
          .time_ns = int64_t{header->tp_sec} * 1'000'000'000 + header->tp_nsec,
          .interface = from->sll_ifindex,
          .outgoing = from->sll_pkttype == PACKET_OUTGOING});
    status.store(TP_STATUS_KERNEL, std::memory_order_release);
    next_ = (next_ + 1) % kFrames;
  }
}

int64_t Tap::missed() {
  tpacket_stats stats{};
  socklen_t size = sizeof stats;
  getsockopt(fd_, SOL_PACKET, PACKET_STATISTICS, &stats, &size);
  return stats.tp_drops;
}
