#include "target.h"

Target::Target(Arguments& arguments) {
  to_ = arguments.text("--to");
  from_ = arguments.text("--from");
  port_ = arguments.integer("--port", 0);
  ports_ = arguments.integer("--ports", 1);
  const std::string family = arguments.text("--family");
  mapped_ = family == "mapped";
  if (to_.empty() || port_ == 0 || ports_ < 1) arguments.fail("--to and --port are needed");
  if (!family.empty() && !mapped_ && family != "4" && family != "6")
    arguments.fail("--family is 4, 6 or mapped");
  if ((family == "6" && to_.find(':') == std::string::npos) ||
      ((family == "4" || mapped_) && to_.find(':') != std::string::npos))
    arguments.fail("--to does not fit --family");
}

Address Target::address(const std::string& text, int port) const {
  return parse_address(mapped_ ? "::ffff:" + text : text, port);
}

int Target::open(int64_t n) const {
  const Address to = address(to_, port_ + static_cast<int>(n % ports_));
  const int fd = must(mptcp_socket(to.family()), "socket(MPTCP)");
  set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  if (!from_.empty()) {
    const Address from = address(from_, 0);
    // Without it bind(2) takes a port that no other connection from here may use.
    set_option(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
    must(bind(fd, from.raw(), from.size), "bind");
  }
  if (connect(fd, to.raw(), to.size) < 0 && errno != EINPROGRESS) {
    const int error = errno;
    close(fd);
    errno = error;
    return -1;
  }
  return fd;
}
