#include "service.h"

#include "../common/mptcp.h"
#include "connection.h"

Service::Service(Loop& loop, Mode mode, size_t request_size)
    : loop(loop), mode(mode), request_size(request_size) {}

Service::~Service() = default;

void Service::admit(int fd) {
  ++accepted_;
  if (!mptcp_info(fd)) ++plain_tcp_;
  set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  connections_.emplace(fd, std::make_unique<Connection>(*this, fd));
}

void Service::leave(int fd) {
  const auto found = connections_.find(fd);
  // Aborted in the same turn of the loop.
  if (found == connections_.end()) return;
  loop.forget(fd);
  loop.retire(std::move(found->second));
  connections_.erase(found);
}

void Service::abort() {
  for (auto& [fd, connection] : connections_) {
    connection->abort();
    loop.forget(fd);
    loop.retire(std::move(connection));
  }
  connections_.clear();
}

void Service::mark() {
  silence.mark();
  requests = 0;
}

void Service::report(const std::string& asked) const {
  Line line;
  line.text("answer", asked)
      .count("connections", static_cast<int64_t>(connections_.size()))
      .count("accepted", accepted_)
      .count("plain_tcp", plain_tcp_)
      .count("requests", requests);
  silence.report(line);
}
