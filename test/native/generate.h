// Random commands and events of every kind, as they can be on the wire.
#pragma once

#include "mptcp/command.h"
#include "mptcp/event.h"
#include "random.h"

namespace subflowd::test {

/// `kind` is an index into the variant.
mptcp::Command RandomCommand(Random& random, std::size_t kind);
mptcp::Event RandomEvent(Random& random, std::size_t kind);

}  // namespace subflowd::test
