// Sockets in another network namespace.
#pragma once

#include <string>

#include "netlink/failure.h"
#include "netlink/file_descriptor.h"

namespace subflowd {

/// socket(2), non-blocking and close-on-exec, in the namespace at `netns` or, where that is empty,
/// in the calling thread's. A socket stays in the namespace that it was made in.
Outcome<FileDescriptor> OpenSocket(int domain, int type, int protocol, const std::string& netns);

}  // namespace subflowd
