// Commands: known bytes, and the way there and back.
#include <algorithm>

#include "check.h"
#include "generate.h"
#include "hex.h"
#include "mptcp/attribute_name.h"
#include "mptcp/decode_command.h"
#include "mptcp/decode_endpoint.h"
#include "mptcp/encode_command.h"

namespace subflowd::mptcp {
namespace {

using test::Hex;
using test::Random;

constexpr std::uint16_t kFamily = 28;

Buffer Encoded(const Command& command) {
  Buffer out;
  EncodeCommand(command, kFamily, 5, out);
  return out;
}

IpAddress Ip(const char* text) { return *ParseAddress(text); }

bool DecodesTo(const Command& command, const netlink::Message& message) {
  if (const auto* raw = std::get_if<RawRequest>(&command)) {
    const auto decoded = DecodeRawRequest(message);
    return decoded && *decoded == *raw;
  }
  const auto decoded = DecodeCommand(message);
  return decoded && *decoded == command;
}

TEST("a join names the local address, its id, flags and interface, and the remote end") {
  const SubflowCreate create{.token = 0x3c6937e5,
                             .local = {Ip("10.0.2.2"), 0},
                             .local_id = 32,
                             .remote = {Ip("10.9.0.1"), 443},
                             .ifindex = 3,
                             .backup = true};
  CHECK(Encoded(create) ==
        Hex("64000000 1c00 0500 05000000 00000000 0a010000"
            "2c00 0180 0600 0100 0200 0000 0800 0300 0a000202 0500 0200 20 000000"
            "          0800 0600 04000000 0800 0700 03000000"
            "1c00 0680 0600 0100 0200 0000 0800 0300 0a090001 0600 0500 bb01 0000"
            "0800 0400 e537693c"));
}

TEST("a join has its remote port even where that is 0, which only the kernel may judge") {
  const auto bytes = Encoded(SubflowCreate{.local = {Ip("::1"), 0}, .remote = {Ip("::1"), 0}});
  const Buffer port = Hex("0600 0500 0000 0000");
  CHECK(std::search(bytes.begin(), bytes.end(), port.begin(), port.end()) != bytes.end());
}

TEST("an offset in a request leads to the name of the attribute there") {
  const auto bytes = Encoded(SubflowCreate{.token = 1,
                                           .local = {Ip("10.0.2.2"), 0},
                                           .local_id = 32,
                                           .remote = {Ip("10.9.0.1"), 443},
                                           .ifindex = 3,
                                           .backup = true});
  CHECK(AttributeAt(bytes, 20) == "addr" && AttributeAt(bytes, 24) == "addr.family");
  CHECK(AttributeAt(bytes, 40) == "addr.id" && AttributeAt(bytes, 56) == "addr.if-idx");
  CHECK(AttributeAt(bytes, 64) == "addr-remote" && AttributeAt(bytes, 84) == "addr-remote.port");
  CHECK(AttributeAt(bytes, 92) == "token");
  for (std::uint32_t offset : {0u, 16u, 21u, 100u, 4096u})
    CHECK(AttributeAt(bytes, offset).empty());
  CHECK(AttributeName(5) == "loc-id" && AttributeName(7).empty());
}

TEST("a v4-mapped address is sent as the IPv6 address that it is") {
  const auto bytes = Encoded(SubflowDestroy{
      .token = 1, .local = {Ip("::ffff:10.0.0.1"), 1}, .remote = {Ip("::ffff:10.0.0.2"), 2}});
  const Buffer address = Hex("0600 0100 0a00 0000 1400 0400 00000000 00000000 0000ffff 0a000001");
  CHECK(std::search(bytes.begin(), bytes.end(), address.begin(), address.end()) != bytes.end());
}

TEST("an announcement has the signal flag, without which the kernel refuses it") {
  CHECK(Encoded(Announce{.token = 1, .local = {Ip("10.0.0.1"), 0}, .local_id = 3}) ==
        Hex("40000000 1c00 0500 05000000 00000000 08010000"
            "2400 0180 0600 0100 0200 0000 0800 0300 0a000001 0500 0200 03 000000"
            "          0800 0600 01000000"
            "0800 0400 01000000"));
}

TEST("an endpoint's flags are set by its id alone, or by its address where it has none") {
  CHECK(Encoded(SetEndpointFlags{.id = 7, .address = {Ip("10.0.0.1"), 0}, .flags = 4}) ==
        Hex("28000000 1c00 0500 05000000 00000000 07010000"
            "1400 0180 0500 0200 07 000000 0800 0600 04000000"));
  CHECK(Encoded(SetEndpointFlags{.id = 0, .address = {Ip("10.0.0.1"), 0}, .flags = 4}) ==
        Hex("30000000 1c00 0500 05000000 00000000 07010000"
            "1c00 0180 0600 0100 0200 0000 0800 0300 0a000001 0800 0600 04000000"));
}

TEST("a raw request has what it was given, zeros too, and nothing else") {
  const AddressAttributes local{
      .address = Ip("10.0.0.1"), .id = 0, .port = 0, .flags = 0x80, .ifindex = {}};
  CHECK(Encoded(RawRequest{.operation = kAnnounce, .local = local, .token = 1}) ==
        Hex("48000000 1c00 0500 05000000 00000000 08010000"
            "2c00 0180 0600 0100 0200 0000 0800 0300 0a000001 0500 0200 00 000000"
            "          0600 0500 0000 0000 0800 0600 80000000"
            "0800 0400 01000000"));
  CHECK(Encoded(RawRequest{.operation = kRemove}) ==
        Hex("14000000 1c00 0500 05000000 00000000 09010000"));
}

TEST("a dump asks for no ack: its NLMSG_DONE is one") {
  CHECK(Encoded(DumpAddr{.token = 9}) ==
        Hex("1c000000 1c00 0103 05000000 00000000 03010000 0800 0400 09000000"));
}

TEST("every command decodes to itself") {
  Random random(1);
  for (int round = 0; round < 2000; ++round) {
    for (std::size_t kind = 0; kind < std::variant_size_v<Command>; ++kind) {
      const Command command = test::RandomCommand(random, kind);
      const Buffer bytes = Encoded(command);
      netlink::MessageReader reader(bytes);
      CHECK(reader.Next() && reader.message().header.nlmsg_type == kFamily);
      CHECK(DecodesTo(command, reader.message()) && !reader.Next());
    }
  }
}

TEST("an endpoint is read from the kernel's reply") {
  const auto endpoint =
      DecodeEndpoint(Hex("4000 0180 0600 0100 0a00 0000 0600 0500 bb01 0000 0500 0200 05 000000"
                         "0800 0600 05000000 0800 0700 04000000"
                         "1400 0400 20010db8 00000000 00000000 00000001"));
  CHECK(endpoint);
  const Endpoint expected{.id = 5, .address = {Ip("2001:db8::1"), 443}, .flags = 5, .ifindex = 4};
  CHECK(*endpoint == expected);
}

TEST("an endpoint without an address is an error") {
  CHECK(!DecodeEndpoint(Hex("0c00 0180 0500 0200 05 000000")));
  CHECK(!DecodeEndpoint({}));
}

TEST("limits are read, with 2 for addresses and 3 for subflows") {
  const auto limits = DecodeLimits(Hex("0800 0200 04000000 0800 0300 08000000"));
  CHECK(limits && *limits == (Limits{.subflows = 8, .add_addr_accepted = 4}));
}

}  // namespace
}  // namespace subflowd::mptcp
