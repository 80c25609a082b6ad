// What cannot go on: one line that names the operation and the kernel's reason, exit 1.
#pragma once

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

[[noreturn]] inline void fail(const std::string& operation, int error = errno) {
  std::fprintf(stderr, "%s: %s\n", operation.c_str(), std::strerror(error));
  std::exit(1);
}

/** For system calls that only a broken set-up makes fail. */
inline int must(int result, const char* operation) {
  if (result < 0) fail(operation);
  return result;
}
