// Enters namespaces on a thread that ends afterwards: where nothing has to be restored, nothing can
// fail to be, and no thread of Node's is ever in the wrong namespace.
#include "netlink/namespace.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/socket.h>

#include <optional>
#include <system_error>
#include <thread>

namespace subflowd {
namespace {

Outcome<FileDescriptor> OpenHere(int domain, int type, int protocol) {
  FileDescriptor fd(::socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol));
  if (!fd) return FailWithErrno("socket");
  return fd;
}

Outcome<Done> Enter(const std::string& netns) {
  const FileDescriptor target(::open(netns.c_str(), O_RDONLY | O_CLOEXEC));
  if (!target) {
    return Fail({.number = errno, .syscall = "open", .explanation = "network namespace " + netns});
  }
  if (::setns(target.get(), CLONE_NEWNET) < 0) {
    return Fail({.number = errno, .syscall = "setns", .explanation = "network namespace " + netns});
  }
  return Done{};
}

}  // namespace

Outcome<FileDescriptor> OpenSocket(int domain, int type, int protocol, const std::string& netns) {
  if (netns.empty()) return OpenHere(domain, type, protocol);
  std::optional<Outcome<FileDescriptor>> outcome;
  try {
    std::thread([&] {
      auto entered = Enter(netns);
      outcome.emplace(entered ? OpenHere(domain, type, protocol)
                              : Outcome<FileDescriptor>(Fail(std::move(entered).error())));
    }).join();
  } catch (const std::system_error& error) {
    return Fail({.number = error.code().value(), .syscall = "pthread_create"});
  }
  return std::move(*outcome);
}

}  // namespace subflowd
