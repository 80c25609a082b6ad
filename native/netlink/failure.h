// Why a system call, or a request to the kernel, failed.
#pragma once

#include <cerrno>
#include <string>
#include <utility>

#include "netlink/expected.h"

namespace subflowd {

struct Failure {
  int number = 0;             ///< errno, positive
  const char* syscall = "";   ///< a string literal
  std::string explanation{};  ///< for people, where the error's own name does not say enough
  std::string extack{};       ///< the kernel's own words
};

template <typename T>
using Outcome = Expected<T, Failure>;

inline Unexpected<Failure> Fail(Failure failure) { return {std::move(failure)}; }

/// What the last system call failed with.
inline Unexpected<Failure> FailWithErrno(const char* syscall) {
  return Fail({.number = errno, .syscall = syscall});
}

}  // namespace subflowd
