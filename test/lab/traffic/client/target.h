// Whom a client connects to, and from where.
#pragma once

#include <string>

#include "../common/arguments.h"
#include "../common/mptcp.h"

class Target {
 public:
  /** Takes --to --port --ports --from --family. */
  explicit Target(Arguments& arguments);

  /** Begins the `n`th connection, without waiting; the server's ports are taken in turn. */
  int open(int64_t n) const;

 private:
  Address address(const std::string& text, int port) const;

  std::string to_;
  std::string from_;
  bool mapped_;
  int port_;
  int ports_;
};
