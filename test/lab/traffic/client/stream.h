// A client's connection on its way: connecting, open, finishing, over.
#pragma once

#include <sys/socket.h>
#include <unistd.h>

#include "../common/loop.h"
#include "../common/mptcp.h"

class Stream : public Watcher {
 public:
  Stream(Loop& loop, int fd) : loop_(loop), fd_(fd) { loop_.watch(fd_, EPOLLOUT, this); }
  ~Stream() override { close(fd_); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  void ready(uint32_t events) final {
    if (over_) return;
    if (connecting_) return begin();
    if ((events & EPOLLOUT) != 0) writable();
    if (!over_ && (events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0) readable();
  }

  /** Says that no more will be sent; the peer's end of data is the answer. Never a reset. */
  void finish() {
    if (over_ || finishing_) return;
    if (connecting_) return end("given up while connecting");
    finishing_ = true;
    await(EPOLLIN);
    shutdown(fd_, SHUT_WR);
  }

  bool over() const { return over_; }

 protected:
  virtual void connected() = 0;
  virtual void readable() = 0;
  virtual void writable() {}
  /** `why` is null where both sides have finished in order. */
  virtual void ended(const char* why, int error) = 0;

  void end(const char* why, int error = 0) {
    over_ = true;
    loop_.forget(fd_);
    ended(why, error);
  }

  void await(uint32_t events) { loop_.change(fd_, events, this); }

  /** The bytes that came; 0 where there are none now, or the stream is over. */
  size_t receive(void* bytes, size_t size) {
    const ssize_t got = recv(fd_, bytes, size, 0);
    if (got > 0) return static_cast<size_t>(got);
    if (got < 0 && errno != EAGAIN && errno != EINTR) end("broken", errno);
    if (got == 0) end(finishing_ ? nullptr : "closed by the peer");
    return 0;
  }

  Loop& loop_;
  const int fd_;
  bool finishing_ = false;

 private:
  void begin() {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return end("not connected", error);
    connecting_ = false;
    await(EPOLLIN);
    connected();
  }

  bool connecting_ = true;
  bool over_ = false;
};

/** How long a client waits for the peer's end of data before it leaves without. */
constexpr double kPatienceMs = 1000;

/** One line that tells what went wrong with a connection. */
void report_failure(int64_t connection, const char* why, int error);
