// One accepted connection: reads what comes, sends what is owed, ends when the client has ended.
#pragma once

#include <string>

#include "service.h"

class Connection : public Watcher {
 public:
  Connection(Service& service, int fd);
  ~Connection() override;
  void ready(uint32_t events) override;
  /** From now on its end is a reset. */
  void abort();

 private:
  bool receive();
  bool send_owed();
  bool answer(const char* bytes, size_t size);
  void await(uint32_t events);

  Service& service_;
  const int fd_;
  uint32_t awaited_ = 0;
  /** Once nothing is owed any more. */
  bool closing_ = false;
  std::string request_;
  std::string owed_;
};
