// One side of the relay: every frame that an interface receives, and a way to send through it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/** `struct virtio_net_hdr`, whose own header is not for C++. */
struct VirtioHeader {
  uint8_t flags;
  uint8_t gso_type;
  uint16_t hdr_len;
  uint16_t gso_size;
  uint16_t csum_start;
  uint16_t csum_offset;
};
static_assert(sizeof(VirtioHeader) == 10);

/**
 * A frame behind its virtio header. The header carries what the kernel left undone between two
 * virtual interfaces, checksums and segmentation, over to the other side.
 */
using Frame = std::vector<uint8_t>;

class Port {
 public:
  explicit Port(const std::string& interface);
  ~Port();
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;

  int fd() const { return fd_; }
  std::optional<Frame> receive();
  /** False where the interface does not take it: it is down, or its queue is full. */
  bool send(const Frame& frame);

 private:
  int fd_;
};

/** How much of the wire it takes: a frame still to be segmented counts as what it will be. */
struct Load {
  size_t packets;
  size_t bytes;
};
Load load_of(const Frame& frame);
