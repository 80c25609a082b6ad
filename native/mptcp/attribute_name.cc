// Names as in Documentation/netlink/specs/mptcp_pm.yaml.
#include "mptcp/attribute_name.h"

#include <linux/genetlink.h>

#include <span>

#include "mptcp/constants.h"
#include "netlink/attributes.h"

namespace subflowd::mptcp {
namespace {

constexpr const char* kTop[] = {"",      "addr",   "rcv-add-addrs", "subflows",
                                "token", "loc-id", "addr-remote"};
constexpr const char* kNested[] = {"", "family", "id", "addr4", "addr6", "port", "flags", "if-idx"};
static_assert(std::size(kTop) == kAddressRemote + 1 && std::size(kNested) == kAddrIfindex + 1);

std::string Name(std::span<const char* const> names, std::uint16_t type) {
  return type < names.size() ? names[type] : "";
}

/// `start` is the offset of `bytes` in the request.
std::string Find(Bytes bytes, std::size_t start, std::size_t offset,
                 std::span<const char* const> names) {
  netlink::AttributeReader reader(bytes);
  while (reader.Next()) {
    const Bytes payload = reader.payload();
    const std::size_t inner = start + static_cast<std::size_t>(payload.data() - bytes.data());
    if (inner - sizeof(nlattr) == offset) return Name(names, reader.type());
    const bool is_nest = reader.type() == kAddress || reader.type() == kAddressRemote;
    if (!is_nest || names.size() != std::size(kTop)) continue;
    const std::string name = Find(payload, inner, offset, kNested);
    if (!name.empty()) return Name(names, reader.type()) + "." + name;
  }
  return "";
}

}  // namespace

std::string AttributeAt(Bytes request, std::uint32_t offset) {
  constexpr std::size_t kHeaders = NLMSG_HDRLEN + GENL_HDRLEN;
  if (request.size() < kHeaders) return "";
  return Find(request.subspan(kHeaders), kHeaders, offset, kTop);
}

std::string AttributeName(std::uint16_t type) { return Name(kTop, type); }

}  // namespace subflowd::mptcp
