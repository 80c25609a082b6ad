// Replies to GET_ADDR and GET_LIMITS.
#include "mptcp/decode_endpoint.h"

#include "mptcp/address_attributes.h"
#include "mptcp/constants.h"

namespace subflowd::mptcp {

using netlink::AttributeReader;
using netlink::Decoded;
using netlink::Malformed;

Decoded<Endpoint> DecodeEndpoint(Bytes attributes) {
  AttributeReader reader(attributes);
  std::optional<AddressAttributes> found;
  while (reader.Next()) {
    if (reader.type() == kAddress) found = ReadAddress(reader.Nest());
  }
  if (reader.error()) return Unexpected{*reader.error()};
  if (!found || !found->address) return Unexpected{Malformed{"no address"}};
  return Endpoint{.id = found->id.value_or(0),
                  .address = {*found->address, found->port.value_or(0)},
                  .flags = found->flags.value_or(0),
                  .ifindex = found->ifindex.value_or(0)};
}

Decoded<Limits> DecodeLimits(Bytes attributes) {
  AttributeReader reader(attributes);
  Limits limits;
  while (reader.Next()) {
    if (reader.type() == kRcvAddAddrs) limits.add_addr_accepted = reader.U32();
    if (reader.type() == kSubflows) limits.subflows = reader.U32();
  }
  if (reader.error()) return Unexpected{*reader.error()};
  return limits;
}

}  // namespace subflowd::mptcp
