// What can be asked of the `mptcp_pm` family.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "mptcp/address_attributes.h"
#include "mptcp/constants.h"
#include "mptcp/endpoint.h"

namespace subflowd::mptcp {

struct AddAddr {
  Endpoint endpoint;
  bool operator==(const AddAddr&) const = default;
};

struct DelAddr {
  std::uint8_t id = 0;
  std::optional<IpAddress> address{};  ///< with id 0: the initial address of the connections meant
  bool operator==(const DelAddr&) const = default;
};

/// One endpoint or, with a token, one entry of that connection's address list.
struct GetAddr {
  std::uint8_t id = 0;
  std::optional<std::uint32_t> token{};
  bool operator==(const GetAddr&) const = default;
};

/// All of them.
struct DumpAddr {
  std::optional<std::uint32_t> token{};
  bool operator==(const DumpAddr&) const = default;
};

struct FlushAddrs {
  bool operator==(const FlushAddrs&) const = default;
};

/// What is absent stays as it is.
struct SetLimits {
  std::optional<std::uint32_t> subflows{};
  std::optional<std::uint32_t> add_addr_accepted{};
  bool operator==(const SetLimits&) const = default;
};

struct GetLimits {
  bool operator==(const GetLimits&) const = default;
};

/// Names the endpoint by its id or, with id 0, by its address and port.
struct SetEndpointFlags {
  std::uint8_t id = 0;
  SocketAddress address;
  std::uint32_t flags = 0;
  bool operator==(const SetEndpointFlags&) const = default;
};

/// Sends MP_PRIO on a subflow; a port of 0 matches any.
struct SetSubflowFlags {
  std::uint32_t token = 0;
  SocketAddress local;
  SocketAddress remote;
  std::uint32_t flags = 0;
  bool operator==(const SetSubflowFlags&) const = default;
};

struct Announce {
  std::uint32_t token = 0;
  SocketAddress local;
  std::uint8_t local_id = 0;
  std::uint32_t ifindex = 0;
  bool operator==(const Announce&) const = default;
};

struct Remove {
  std::uint32_t token = 0;
  std::uint8_t local_id = 0;
  bool operator==(const Remove&) const = default;
};

struct SubflowCreate {
  std::uint32_t token = 0;
  SocketAddress local;  ///< port 0: the kernel chooses one
  std::uint8_t local_id = 0;
  SocketAddress remote;
  std::uint32_t ifindex = 0;
  bool backup = false;
  bool operator==(const SubflowCreate&) const = default;
};

struct SubflowDestroy {
  std::uint32_t token = 0;
  SocketAddress local;
  SocketAddress remote;
  bool operator==(const SubflowDestroy&) const = default;
};

/// Exactly the attributes that are here, whatever the kernel may think of them.
struct RawRequest {
  Operation operation = kAddAddr;
  std::optional<AddressAttributes> local{};
  std::optional<AddressAttributes> remote{};
  std::optional<std::uint32_t> token{};
  std::optional<std::uint8_t> local_id{};
  std::optional<std::uint32_t> subflows{};
  std::optional<std::uint32_t> add_addr_accepted{};
  bool operator==(const RawRequest&) const = default;
};

using Command = std::variant<AddAddr, DelAddr, GetAddr, DumpAddr, FlushAddrs, SetLimits, GetLimits,
                             SetEndpointFlags, SetSubflowFlags, Announce, Remove, SubflowCreate,
                             SubflowDestroy, RawRequest>;

}  // namespace subflowd::mptcp
