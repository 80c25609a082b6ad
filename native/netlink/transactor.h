// Requests and their replies on a socket of its own, waiting for each: for threads that may wait.
#pragma once

#include <functional>
#include <vector>

#include "message.h"
#include "socket.h"

namespace subflowd::netlink {

/** Appends one request with this sequence number. */
using Encode = std::function<void(Buffer&, uint32_t sequence)>;
/** Gets each reply; what it points to is valid during the call. */
using Consume = std::function<void(const Message&)>;

class Transactor {
 public:
  Transactor(int protocol, SocketOptions options);

  /** One request and all its replies; throws Failure where it is refused. */
  void run(const std::string& what, const Encode& encode, const Consume& consume);

  /**
   * A dump, run again from the beginning while it was interrupted by a change of what it shows. `restart` is called
   * before each run. Throws Failure with EINTR where it never comes to an end undisturbed.
   */
  void dump(const std::string& what, const Encode& encode, const std::function<void()>& restart,
            const Consume& consume);

  /** One request and all its replies; returns the refusal, with error 0 for none. */
  Refusal attempt(const Encode& encode, const Consume& consume);

 private:
  struct End {
    Refusal refusal;
    bool interrupted = false;
  };

  End exchange(const Encode& encode, const Consume& consume);
  Received receive();
  uint32_t next_sequence();

  Socket socket_;
  uint32_t sequence_;
};

}  // namespace subflowd::netlink
