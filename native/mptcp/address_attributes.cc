// Which family the address has shows in the attribute that holds it; FAMILY only repeats it.
#include "mptcp/address_attributes.h"

#include "mptcp/constants.h"

namespace subflowd::mptcp {

AddressAttributes ReadAddress(netlink::AttributeReader reader) {
  AddressAttributes read;
  while (reader.Next()) {
    switch (reader.type()) {
      case kAddrId:
        read.id = reader.U8();
        break;
      case kAddr4:
        read.address = IpAddress::V4(reader.Array<4>());
        break;
      case kAddr6:
        read.address = IpAddress::V6(reader.Array<16>());
        break;
      case kAddrPort:
        read.port = reader.U16();
        break;
      case kAddrFlags:
        read.flags = reader.U32();
        break;
      case kAddrIfindex:
        read.ifindex = reader.U32();
        break;
    }
  }
  return read;
}

}  // namespace subflowd::mptcp
