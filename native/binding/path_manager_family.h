// Finds `mptcp_pm`, and says in words what its absence means.
#pragma once

#include <string_view>

#include "mptcp/constants.h"
#include "netlink/generic.h"

namespace subflowd::binding {

/// Fails with ENOENT where the kernel has no MPTCP.
inline Outcome<netlink::Family> FindPathManager(const netlink::Socket& socket) {
  auto family = netlink::FindFamily(socket, mptcp::kFamilyName);
  if (family || family.error().number != ENOENT) return family;
  Failure failure = std::move(family).error();
  failure.explanation = "this kernel has no mptcp_pm: it lacks CONFIG_MPTCP, or is older than 5.6";
  failure.extack.clear();
  return Fail(std::move(failure));
}

/// Joins the group of events.
inline Outcome<Done> JoinEvents(netlink::Socket& socket, const netlink::Family& family) {
  const auto group = family.groups.find(std::string_view(mptcp::kEventGroup));
  if (group == family.groups.end()) {
    return Fail({.number = ENOENT,
                 .syscall = "sendmsg",
                 .explanation = "mptcp_pm sends no events: this kernel is older than 5.12"});
  }
  auto joined = socket.Join(group->second);
  if (joined || joined.error().number != EPERM) return joined;
  Failure failure = std::move(joined).error();
  failure.explanation = "listening to mptcp_pm_events needs CAP_NET_ADMIN";
  return Fail(std::move(failure));
}

}  // namespace subflowd::binding
