// What the server does with its connections, and what it can tell about them.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "../common/loop.h"
#include "../common/silence.h"

enum class Mode { kEcho, kSource, kSink };

class Connection;

class Service {
 public:
  Service(Loop& loop, Mode mode, size_t request_size);
  ~Service();

  void admit(int fd);
  void leave(int fd);
  /** Ends every connection with MP_FASTCLOSE, as close(2) does with SO_LINGER 0. */
  void abort();
  void mark();
  void report(const std::string& asked) const;

  Loop& loop;
  const Mode mode;
  const size_t request_size;
  Silence silence;
  int64_t requests = 0;

 private:
  std::unordered_map<int, std::unique_ptr<Connection>> connections_;
  int64_t accepted_ = 0;
  int64_t plain_tcp_ = 0;
};
