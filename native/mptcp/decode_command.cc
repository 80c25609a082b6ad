// The inverse of encode_command.cc.
#include "mptcp/decode_command.h"

#include "mptcp/address_attributes.h"
#include "mptcp/constants.h"
#include "netlink/generic.h"

namespace subflowd::mptcp {
namespace {

using netlink::Decoded;
using netlink::Malformed;

class Request {
 public:
  explicit Request(Bytes attributes) : reader_(attributes) {
    while (reader_.Next()) Take();
  }

  std::optional<AddressAttributes> local;
  std::optional<AddressAttributes> remote;
  std::optional<std::uint32_t> token;
  std::optional<std::uint8_t> local_id;
  std::optional<std::uint32_t> subflows;
  std::optional<std::uint32_t> rcv_add_addrs;

  /// Notes that something is missing where it is.
  std::uint32_t Token() { return token ? *token : (reader_.Fail("no token"), 0); }
  SocketAddress Address(const std::optional<AddressAttributes>& from) {
    if (!from || !from->address) reader_.Fail("no address");
    const AddressAttributes read = from.value_or(AddressAttributes{});
    return {read.address.value_or(IpAddress{}), read.port.value_or(0)};
  }
  const std::optional<Malformed>& error() const { return reader_.error(); }

 private:
  void Take() {
    switch (reader_.type()) {
      case kAddress:
        local = ReadAddress(reader_.Nest());
        break;
      case kAddressRemote:
        remote = ReadAddress(reader_.Nest());
        break;
      case kToken:
        token = reader_.U32();
        break;
      case kLocalId:
        local_id = reader_.U8();
        break;
      case kSubflows:
        subflows = reader_.U32();
        break;
      case kRcvAddAddrs:
        rcv_add_addrs = reader_.U32();
        break;
    }
  }

  netlink::AttributeReader reader_;
};

Command ReadSetFlags(Request& request) {
  const AddressAttributes local = request.local.value_or(AddressAttributes{});
  const std::uint32_t flags = local.flags.value_or(0);
  if (request.token) {
    return SetSubflowFlags{*request.token, request.Address(request.local),
                           request.Address(request.remote), flags};
  }
  if (local.id) return SetEndpointFlags{*local.id, {}, flags};
  return SetEndpointFlags{0, request.Address(request.local), flags};
}

Command Read(Operation operation, bool is_dump, Request& request) {
  const AddressAttributes local = request.local.value_or(AddressAttributes{});
  const std::uint8_t id = local.id.value_or(0);
  const std::uint32_t ifindex = local.ifindex.value_or(0);
  switch (operation) {
    case kAddAddr:
      return AddAddr{{id, request.Address(request.local), local.flags.value_or(0), ifindex}};
    case kDelAddr:
      return DelAddr{id, local.address};
    case kGetAddr:
      if (is_dump) return DumpAddr{request.token};
      return GetAddr{id, request.token};
    case kFlushAddrs:
      return FlushAddrs{};
    case kSetLimits:
      return SetLimits{request.subflows, request.rcv_add_addrs};
    case kGetLimits:
      return GetLimits{};
    case kSetFlags:
      return ReadSetFlags(request);
    case kAnnounce:
      return Announce{request.Token(), request.Address(request.local), id, ifindex};
    case kRemove:
      return Remove{request.Token(), request.local_id.value_or(0)};
    case kSubflowCreate:
      return SubflowCreate{request.Token(),
                           request.Address(request.local),
                           id,
                           request.Address(request.remote),
                           ifindex,
                           (local.flags.value_or(0) & kBackup) != 0};
    case kSubflowDestroy:
      return SubflowDestroy{request.Token(), request.Address(request.local),
                            request.Address(request.remote)};
  }
  __builtin_unreachable();
}

Decoded<netlink::GenericMessage> ReadOperation(const netlink::Message& message) {
  const auto generic = netlink::ReadGeneric(message);
  if (!generic) return Unexpected{Malformed{"cut off"}};
  if (generic->command < kAddAddr || generic->command > kSubflowDestroy) {
    return Unexpected{Malformed{"no such operation"}};
  }
  return *generic;
}

}  // namespace

Decoded<RawRequest> DecodeRawRequest(const netlink::Message& message) {
  const auto generic = ReadOperation(message);
  if (!generic) return Unexpected{generic.error()};
  const Request request(generic->attributes);
  if (request.error()) return Unexpected{*request.error()};
  return RawRequest{.operation = static_cast<Operation>(generic->command),
                    .local = request.local,
                    .remote = request.remote,
                    .token = request.token,
                    .local_id = request.local_id,
                    .subflows = request.subflows,
                    .add_addr_accepted = request.rcv_add_addrs};
}

Decoded<Command> DecodeCommand(const netlink::Message& message) {
  const auto generic = ReadOperation(message);
  if (!generic) return Unexpected{generic.error()};
  const bool is_dump = (message.header.nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
  Request request(generic->attributes);
  Command command = Read(static_cast<Operation>(generic->command), is_dump, request);
  if (request.error()) return Unexpected{*request.error()};
  return command;
}

}  // namespace subflowd::mptcp
