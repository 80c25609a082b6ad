// The far end of every test: an MPTCP server that echoes, sends or receives.

#include <string>
#include <vector>

#include "../common/arguments.h"
#include "../common/console.h"
#include "../common/line.h"
#include "../common/loop.h"
#include "../common/mptcp.h"
#include "service.h"

namespace {

constexpr const char* kUsage =
    "usage: peer serve --port N [--ports K] [--bind ADDRESS] [--echo | --source | --sink]\n"
    "                  [--size BYTES]\n"
    "  serves ports N to N+K-1; --echo (the default) answers every request of --size bytes (64)\n"
    "  on standard input: mark | report | abort | quit";

/** Accepts on one port, for the lifetime of the program. */
class Listener : public Watcher {
 public:
  Listener(Service& service, const Address& address) : service_(service) {
    fd_ = must(mptcp_socket(address.family()), "socket(MPTCP)");
    set_option(fd_, SOL_SOCKET, SO_REUSEADDR, 1);
    if (address.family() == AF_INET6) set_option(fd_, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    must(bind(fd_, address.raw(), address.size), "bind");
    must(listen(fd_, 65535), "listen");
    service_.loop.watch(fd_, EPOLLIN, this);
  }
  ~Listener() override { close(fd_); }

  void ready(uint32_t) override {
    for (;;) {
      const int fd = accept4(fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd >= 0) {
        service_.admit(fd);
      } else if (errno == EAGAIN) {
        return;
      } else if (errno != ECONNABORTED && errno != EINTR) {
        fail("accept");
      }
    }
  }

 private:
  Service& service_;
  int fd_;
};

Mode mode_of(Arguments& arguments) {
  if (arguments.flag("--source")) return Mode::kSource;
  if (arguments.flag("--sink")) return Mode::kSink;
  arguments.flag("--echo");
  return Mode::kEcho;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments(argc, argv, kUsage);
  if (arguments.verb() != "serve") arguments.fail("the verb is: serve");
  const int first = arguments.integer("--port", 0);
  const int ports = arguments.integer("--ports", 1);
  const std::string bind_to = arguments.text("--bind", "::");
  const auto size = static_cast<size_t>(arguments.integer("--size", 64));
  Loop loop;
  Service service(loop, mode_of(arguments), size);
  arguments.finish();
  if (first == 0 || size == 0) arguments.fail("--port and --size must be positive");

  raise_descriptor_limit();
  Console console(loop, [&](const std::string& word) {
    if (word == "mark") service.mark();
    if (word == "abort") service.abort();
    if (word == "mark" || word == "report" || word == "quit") service.report(word);
    if (word == "quit") loop.stop();
  });
  std::vector<std::unique_ptr<Listener>> listeners;
  for (int port = first; port < first + ports; ++port)
    listeners.push_back(std::make_unique<Listener>(service, parse_address(bind_to, port)));
  Line().boolean("ready", true).count("port", first).count("ports", ports);
  loop.run();
}
