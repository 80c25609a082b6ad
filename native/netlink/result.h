// What an operation of the kernel ends with: nothing, or why it was refused.
#pragma once

#include <cerrno>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

namespace subflowd::netlink {

/** A refusal: errno, and what the extended ack adds to it. */
struct Refusal {
  int error = 0;  // positive errno
  std::string text;
  std::optional<uint32_t> offset;   // of the offending attribute, in the request
  std::optional<uint32_t> missing;  // number of the attribute that is missing
};

/** A system call, or a request, that failed. */
class Failure : public std::runtime_error {
 public:
  Failure(std::string syscall, Refusal refusal);
  Failure(std::string syscall, int error) : Failure(std::move(syscall), Refusal{error, {}, {}, {}}) {}

  const std::string& syscall() const { return syscall_; }
  const Refusal& refusal() const { return refusal_; }

 private:
  std::string syscall_;
  Refusal refusal_;
};

/** `EINVAL`; `errno 200` for a number without a name. */
std::string error_name(int error);

}  // namespace subflowd::netlink
