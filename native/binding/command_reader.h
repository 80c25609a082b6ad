// PathManagerCommand and PathManagerQuery → mptcp::Command.
#pragma once

#include <napi.h>

#include <vector>

#include "mptcp/command.h"

namespace subflowd::binding {

/// Throws a TypeError that names the field that cannot be encoded.
std::vector<mptcp::Command> ReadCommands(const Napi::Value& commands);
std::vector<mptcp::Command> ReadQueries(const Napi::Value& queries);

}  // namespace subflowd::binding
