// Keeps to what a message can express: one address family for both ends, no port beside an id, …
#include "generate.h"

namespace subflowd::test {
namespace {

using namespace mptcp;

/// A remote end in the family of the local one.
SocketAddress Peer(Random& random, const SocketAddress& local) {
  SocketAddress remote = random.Socket();
  while (remote.address.family != local.address.family) remote = random.Socket();
  return remote;
}

Endpoint RandomEndpoint(Random& random) {
  return {random.U8(), random.Socket(), random.U32(), random.Ifindex()};
}

DelAddr RandomDelAddr(Random& random) {
  if (random.Boolean()) return {0, random.Address()};
  return {random.U8(), std::nullopt};
}

SetEndpointFlags RandomSetEndpointFlags(Random& random) {
  if (random.Boolean()) return {0, random.Socket(), random.U32()};
  return {static_cast<std::uint8_t>(1 + random.UpTo(254)), {}, random.U32()};
}

template <typename T>
std::optional<T> Maybe(Random& random, T value) {
  return random.Boolean() ? std::optional(value) : std::nullopt;
}

std::optional<AddressAttributes> RandomAttributes(Random& random) {
  return Maybe(random, AddressAttributes{.address = Maybe(random, random.Address()),
                                         .id = Maybe(random, random.U8()),
                                         .port = Maybe(random, random.U16()),
                                         .flags = random.MaybeU32(),
                                         .ifindex = random.MaybeU32()});
}

RawRequest RandomRawRequest(Random& random) {
  return {.operation = static_cast<Operation>(1 + random.UpTo(10)),
          .local = RandomAttributes(random),
          .remote = RandomAttributes(random),
          .token = random.MaybeU32(),
          .local_id = Maybe(random, random.U8()),
          .subflows = random.MaybeU32(),
          .add_addr_accepted = random.MaybeU32()};
}

SubflowChanged RandomSubflowChanged(Random& random) {
  constexpr EventNumber kNumbers[] = {kEventSubEstablished, kEventSubClosed, kEventSubPriority};
  SubflowChanged event;
  event.number = random.OneOf(kNumbers);
  event.token = random.U32();
  event.local = random.Socket();
  event.remote = Peer(random, event.local);
  event.local_id = random.U8();
  event.remote_id = random.U8();
  event.backup = random.Boolean();
  event.ifindex = random.Ifindex();
  event.error = random.U8();
  event.reset_reason = random.MaybeU32();
  event.reset_flags = random.MaybeU32();
  return event;
}

ConnectionOpened RandomOpened(Random& random) {
  constexpr EventNumber kNumbers[] = {kEventCreated, kEventEstablished};
  const SocketAddress local = random.Socket();
  return {.number = random.OneOf(kNumbers),
          .token = random.U32(),
          .local = local,
          .remote = Peer(random, local),
          .server_side = random.Boolean(),
          .deny_join_id0 = random.Boolean()};
}

UnknownEvent RandomUnknown(Random& random) {
  constexpr std::uint8_t kNumbers[] = {0, 4, 5, 7 + 1, 12, 17, 99, 255};
  UnknownEvent event{.number = random.OneOf(kNumbers), .attributes = {}};
  for (std::uint32_t i = random.UpTo(5); i > 0; --i) {
    event.attributes[random.U16() & 0x3fff] = random.Bytes(random.UpTo(40));
  }
  return event;
}

}  // namespace

Command RandomCommand(Random& random, std::size_t kind) {
  const SocketAddress local = random.Socket();
  const SocketAddress remote = Peer(random, local);
  switch (kind) {
    case 0:
      return AddAddr{RandomEndpoint(random)};
    case 1:
      return RandomDelAddr(random);
    case 2:
      return GetAddr{random.U8(), random.MaybeU32()};
    case 3:
      return DumpAddr{random.MaybeU32()};
    case 4:
      return FlushAddrs{};
    case 5:
      return SetLimits{random.MaybeU32(), random.MaybeU32()};
    case 6:
      return GetLimits{};
    case 7:
      return RandomSetEndpointFlags(random);
    case 8:
      return SetSubflowFlags{random.U32(), local, remote, random.U32()};
    case 9:
      return Announce{random.U32(), local, random.U8(), random.Ifindex()};
    case 10:
      return Remove{random.U32(), random.U8()};
    case 11:
      return SubflowCreate{random.U32(),     local,           random.U8(), remote,
                           random.Ifindex(), random.Boolean()};
    case 12:
      return SubflowDestroy{random.U32(), local, remote};
    default:
      return RandomRawRequest(random);
  }
}

Event RandomEvent(Random& random, std::size_t kind) {
  switch (kind) {
    case 0:
      return RandomOpened(random);
    case 1:
      return ConnectionClosed{random.U32()};
    case 2:
      return AddressAnnounced{random.U32(), random.U8(), random.Socket()};
    case 3:
      return AddressRemoved{random.U32(), random.U8()};
    case 4:
      return RandomSubflowChanged(random);
    case 5:
      return ListenerChanged{random.Boolean() ? kEventListenerCreated : kEventListenerClosed,
                             random.Socket()};
    default:
      return RandomUnknown(random);
  }
}

}  // namespace subflowd::test
