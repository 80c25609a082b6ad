#include "transactor.h"

#include <time.h>

#include <algorithm>

namespace subflowd::netlink {

namespace {

constexpr int kPatienceMs = 5000;
constexpr int kMaxRestarts = 32;

uint32_t seed() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint32_t>(now.tv_nsec) | 1;
}

}  // namespace

Transactor::Transactor(int protocol, SocketOptions options)
    : socket_(protocol, options), sequence_(seed()) {}

uint32_t Transactor::next_sequence() {
  if (++sequence_ == 0) ++sequence_;
  return sequence_;
}

Received Transactor::receive() {
  for (;;) {
    if (!socket_.wait(kPatienceMs)) throw Failure("recvmsg", ETIMEDOUT);
    Received received = socket_.receive();
    if (received.lost != 0) throw Failure("recvmsg", ENOBUFS);
    if (received.truncated) throw Failure("recvmsg", EMSGSIZE);
    if (!received.datagrams.empty()) return received;
  }
}

Transactor::End Transactor::exchange(const Encode& encode, const Consume& consume) {
  Buffer request;
  const uint32_t sequence = next_sequence();
  encode(request, sequence);
  socket_.send(request);
  End end;
  for (;;) {
    for (const Bytes datagram : receive().datagrams) {
      MessageReader reader(datagram);
      while (const auto message = reader.next()) {
        if (message->sequence != sequence || message->port != socket_.port()) continue;
        end.interrupted |= message->was_interrupted();
        if (message->is_error() || message->is_done()) {
          end.refusal = parse_ack(*message);
          return end;
        }
        consume(*message);
      }
    }
  }
}

void Transactor::run(const std::string& what, const Encode& encode, const Consume& consume) {
  const Refusal refusal = attempt(encode, consume);
  if (refusal.error != 0) throw Failure(what, refusal);
}

Refusal Transactor::attempt(const Encode& encode, const Consume& consume) {
  return exchange(encode, consume).refusal;
}

void Transactor::dump(const std::string& what, const Encode& encode,
                      const std::function<void()>& restart, const Consume& consume) {
  for (int run = 0; run < kMaxRestarts; ++run) {
    restart();
    const End end = exchange(encode, consume);
    if (end.refusal.error != 0) throw Failure(what, end.refusal);
    if (!end.interrupted) return;
  }
  throw Failure(what, EINTR);
}

}  // namespace subflowd::netlink
