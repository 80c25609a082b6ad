#include "namespace.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <cstdlib>

#include "result.h"

namespace subflowd::netlink {

InNamespace::InNamespace(const std::string& path) {
  if (path.empty()) return;
  const int there = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (there < 0) throw Failure("open " + path, errno);
  home_ = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
  const int error = home_ < 0 || setns(there, CLONE_NEWNET) < 0 ? errno : 0;
  close(there);
  if (error == 0) return;
  if (home_ >= 0) close(home_);
  throw Failure("setns " + path, error);
}

InNamespace::~InNamespace() {
  if (home_ < 0) return;
  // A thread that is lost in a foreign namespace would do everything else there: better none at all.
  if (setns(home_, CLONE_NEWNET) < 0) std::abort();
  close(home_);
}

}  // namespace subflowd::netlink
