#include "connection.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "../common/failure.h"
#include "../common/farewell.h"

namespace {

// Bigger than any read that a loaded connection offers at once; shared, as there is one thread.
std::array<char, 256 * 1024> scratch;

bool would_block() { return errno == EAGAIN || errno == EINTR; }

}  // namespace

Connection::Connection(Service& service, int fd) : service_(service), fd_(fd) {
  awaited_ = EPOLLIN | (service.mode == Mode::kSource ? uint32_t{EPOLLOUT} : 0);
  service_.loop.watch(fd_, awaited_, this);
}

Connection::~Connection() { close(fd_); }

void Connection::ready(uint32_t events) {
  bool open = (events & EPOLLERR) == 0;
  if (open && (events & (EPOLLIN | EPOLLHUP)) != 0) open = receive();
  if (open && (!owed_.empty() || (events & EPOLLOUT) != 0)) open = send_owed();
  if (!open) service_.leave(fd_);
}

void Connection::abort() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  if (setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) < 0) fail("SO_LINGER");
}

/** False at the end of the client's data, or on a broken connection. */
bool Connection::receive() {
  for (;;) {
    const ssize_t size = recv(fd_, scratch.data(), scratch.size(), 0);
    if (size < 0) return would_block();
    if (size == 0) return false;
    const auto bytes = static_cast<size_t>(size);
    service_.silence.heard(bytes);
    if (service_.mode == Mode::kEcho && !answer(scratch.data(), bytes)) return false;
    if (bytes < scratch.size()) return true;
  }
}

/** False where the client wants a reset. */
bool Connection::answer(const char* bytes, size_t size) {
  request_.append(bytes, size);
  const size_t whole = request_.size() - request_.size() % service_.request_size;
  service_.requests += static_cast<int64_t>(whole / service_.request_size);
  if (whole > 0 && request_.front() == kReset) {
    const linger at_once{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    return false;
  }
  closing_ = whole > 0 && request_.front() == kCloseFirst;
  owed_.append(request_, 0, whole);
  request_.erase(0, whole);
  return true;
}

bool Connection::send_owed() {
  if (service_.mode == Mode::kSource) {
    while (send(fd_, scratch.data(), scratch.size(), MSG_NOSIGNAL) > 0) {
    }
    return would_block();
  }
  while (!owed_.empty()) {
    const ssize_t sent = send(fd_, owed_.data(), owed_.size(), MSG_NOSIGNAL);
    if (sent < 0) {
      if (!would_block()) return false;
      await(EPOLLIN | EPOLLOUT);
      return true;
    }
    owed_.erase(0, static_cast<size_t>(sent));
  }
  await(EPOLLIN);
  return !closing_;
}

void Connection::await(uint32_t events) {
  if (events == awaited_) return;
  awaited_ = events;
  service_.loop.change(fd_, events, this);
}
