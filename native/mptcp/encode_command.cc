// Requests of `mptcp_pm`. Ports are in host order here, other than in events.
#include "mptcp/encode_command.h"

#include "mptcp/constants.h"
#include "netlink/attributes.h"
#include "netlink/generic.h"

namespace subflowd::mptcp {
namespace {

using netlink::AttributeWriter;

Operation OperationOf(const Command& command) {
  if (const auto* raw = std::get_if<RawRequest>(&command)) return raw->operation;
  // All the others, in the order of the variant, where RawRequest is the last.
  constexpr Operation kOperations[] = {
      kAddAddr,  kDelAddr,  kGetAddr,  kGetAddr, kFlushAddrs,    kSetLimits,     kGetLimits,
      kSetFlags, kSetFlags, kAnnounce, kRemove,  kSubflowCreate, kSubflowDestroy};
  static_assert(std::size(kOperations) == std::variant_size_v < Command > -1);
  return kOperations[command.index()];
}

class Encoder {
 public:
  explicit Encoder(Buffer& out) : write_(out) {}

  void operator()(const AddAddr& command) {
    const Endpoint& endpoint = command.endpoint;
    const auto nest = write_.Nest(kAddress);
    Address(endpoint.address);
    if (endpoint.id != 0) write_.U8(kAddrId, endpoint.id);
    if (endpoint.flags != 0) write_.U32(kAddrFlags, endpoint.flags);
    Ifindex(endpoint.ifindex);
  }

  void operator()(const DelAddr& command) {
    const auto nest = write_.Nest(kAddress);
    write_.U8(kAddrId, command.id);
    if (command.address) AddressOnly(*command.address);
  }

  void operator()(const GetAddr& command) {
    {
      const auto nest = write_.Nest(kAddress);
      write_.U8(kAddrId, command.id);
    }
    if (command.token) write_.U32(kToken, *command.token);
  }

  void operator()(const DumpAddr& command) {
    if (command.token) write_.U32(kToken, *command.token);
  }

  void operator()(const FlushAddrs&) {}

  void operator()(const SetLimits& command) {
    if (command.add_addr_accepted) write_.U32(kRcvAddAddrs, *command.add_addr_accepted);
    if (command.subflows) write_.U32(kSubflows, *command.subflows);
  }

  void operator()(const GetLimits&) {}

  void operator()(const SetEndpointFlags& command) {
    const auto nest = write_.Nest(kAddress);
    // The kernel looks an endpoint up by its id only where there is no address.
    if (command.id != 0) {
      write_.U8(kAddrId, command.id);
    } else {
      Address(command.address);
    }
    write_.U32(kAddrFlags, command.flags);
  }

  void operator()(const SetSubflowFlags& command) {
    {
      const auto nest = write_.Nest(kAddress);
      Address(command.local);
      write_.U32(kAddrFlags, command.flags);
    }
    Remote(command.remote);
    write_.U32(kToken, command.token);
  }

  void operator()(const Announce& command) {
    {
      const auto nest = write_.Nest(kAddress);
      Address(command.local);
      write_.U8(kAddrId, command.local_id);
      write_.U32(kAddrFlags, kSignal);
      Ifindex(command.ifindex);
    }
    write_.U32(kToken, command.token);
  }

  void operator()(const Remove& command) {
    write_.U32(kToken, command.token);
    write_.U8(kLocalId, command.local_id);
  }

  void operator()(const SubflowCreate& command) {
    {
      const auto nest = write_.Nest(kAddress);
      Address(command.local);
      write_.U8(kAddrId, command.local_id);
      if (command.backup) write_.U32(kAddrFlags, kBackup);
      Ifindex(command.ifindex);
    }
    {
      const auto nest = write_.Nest(kAddressRemote);
      AddressOnly(command.remote.address);
      write_.U16(kAddrPort, command.remote.port);
    }
    write_.U32(kToken, command.token);
  }

  void operator()(const SubflowDestroy& command) {
    {
      const auto nest = write_.Nest(kAddress);
      Address(command.local);
    }
    Remote(command.remote);
    write_.U32(kToken, command.token);
  }

  void operator()(const RawRequest& request) {
    if (request.local) RawAddress(kAddress, *request.local);
    if (request.remote) RawAddress(kAddressRemote, *request.remote);
    if (request.token) write_.U32(kToken, *request.token);
    if (request.local_id) write_.U8(kLocalId, *request.local_id);
    if (request.add_addr_accepted) write_.U32(kRcvAddAddrs, *request.add_addr_accepted);
    if (request.subflows) write_.U32(kSubflows, *request.subflows);
  }

 private:
  void RawAddress(RequestAttribute type, const AddressAttributes& from) {
    const auto nest = write_.Nest(type);
    if (from.address) AddressOnly(*from.address);
    if (from.id) write_.U8(kAddrId, *from.id);
    if (from.port) write_.U16(kAddrPort, *from.port);
    if (from.flags) write_.U32(kAddrFlags, *from.flags);
    if (from.ifindex) write_.U32(kAddrIfindex, *from.ifindex);
  }

  void AddressOnly(const IpAddress& address) {
    const bool is_v4 = address.family == IpFamily::kIpv4;
    const auto bytes = std::as_bytes(std::span(address.bytes));
    write_.U16(kAddrFamily, static_cast<std::uint16_t>(address.family));
    write_.Put(is_v4 ? kAddr4 : kAddr6, bytes.first(is_v4 ? 4 : 16));
  }

  void Address(const SocketAddress& address) {
    AddressOnly(address.address);
    if (address.port != 0) write_.U16(kAddrPort, address.port);
  }

  void Remote(const SocketAddress& remote) {
    const auto nest = write_.Nest(kAddressRemote);
    Address(remote);
  }

  void Ifindex(std::uint32_t ifindex) {
    if (ifindex != 0) write_.U32(kAddrIfindex, ifindex);
  }

  AttributeWriter write_;
};

}  // namespace

void EncodeCommand(const Command& command, std::uint16_t family, std::uint32_t sequence,
                   Buffer& out) {
  const int ending = std::holds_alternative<DumpAddr>(command) ? NLM_F_DUMP : NLM_F_ACK;
  netlink::MessageWriter message(out, family, static_cast<std::uint16_t>(NLM_F_REQUEST | ending),
                                 sequence);
  message.Append(BytesOf(netlink::GenericHeader(OperationOf(command), kVersion)));
  std::visit(Encoder(out), command);
}

}  // namespace subflowd::mptcp
