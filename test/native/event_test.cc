// Events: known bytes, what differs between kernels, and the way there and back.
#include "check.h"
#include "generate.h"
#include "hex.h"
#include "mptcp/decode_event.h"
#include "mptcp/encode_event.h"

namespace subflowd::mptcp {
namespace {

using test::Hex;
using test::Random;

/// Token 1, 10.0.0.1:32768 → 10.0.0.2:443.
constexpr char kPair[] =
    "0800 0100 01000000 0600 0200 0200 0000 0800 0500 0a000001 0800 0700 0a000002"
    "0600 0900 8000 0000 0600 0a00 01bb 0000";

Buffer WithPair(const char* more) { return Hex(std::string(kPair) + more); }

template <typename T>
T Read(EventNumber number, const Buffer& bytes) {
  auto event = DecodeEvent(number, bytes);
  CHECK(event && std::holds_alternative<T>(*event));
  return std::get<T>(*event);
}

bool ServerSide(const char* more) {
  return Read<ConnectionOpened>(kEventCreated, WithPair(more)).server_side;
}

TEST("ports of events are in network order") {
  const auto event = Read<ConnectionOpened>(kEventEstablished, WithPair(""));
  CHECK(event.number == kEventEstablished && event.token == 1);
  CHECK((event.local == SocketAddress{*ParseAddress("10.0.0.1"), 32768}));
  CHECK((event.remote == SocketAddress{*ParseAddress("10.0.0.2"), 443}));
}

TEST(
    "the server's side shows in a flag (6.18), or in an attribute that older kernels always send") {
  CHECK(!ServerSide(""));
  CHECK(!ServerSide("0500 1200 00 000000"));
  CHECK(ServerSide("0500 1200 01 000000"));
  CHECK(ServerSide("0600 0d00 0200 0000"));
  CHECK(!ServerSide("0600 0d00 0100 0000"));
}

TEST("flag C of the peer is read apart from the server's side") {
  const auto event = Read<ConnectionOpened>(kEventCreated, WithPair("0600 0d00 0100 0000"));
  CHECK(event.deny_join_id0 && !event.server_side);
}

TEST("an announcement has no family: the attribute of its address tells") {
  const auto event = Read<AddressAnnounced>(
      kEventAnnounced, Hex("0800 0100 01000000 0500 0400 03 000000 0600 0a00 01bb 0000"
                           "1400 0800 20010db8 00000000 00000000 00000001"));
  CHECK(event.remote_id == 3);
  CHECK((event.remote == SocketAddress{*ParseAddress("2001:db8::1"), 443}));
}

TEST("why a subflow was reset is there only where the peer said it") {
  const auto quiet = Read<SubflowChanged>(kEventSubClosed, WithPair("0500 0c00 6f 000000"));
  CHECK(quiet.error == 111 && !quiet.reset_reason && !quiet.reset_flags);
  const auto told =
      Read<SubflowChanged>(kEventSubClosed, WithPair("0800 1000 00000000 0800 1100 01000000"));
  CHECK(told.error == 0 && told.reset_reason == 0 && told.reset_flags == 1);
}

TEST("an event of a newer kernel is kept whole") {
  const auto event = DecodeEvent(77, Hex("0500 0100 aa 000000 0400 ff3f"));
  CHECK(event && std::holds_alternative<UnknownEvent>(*event));
  const auto& unknown = std::get<UnknownEvent>(*event);
  CHECK(unknown.number == 77 && unknown.attributes.size() == 2);
  CHECK(unknown.attributes.at(1) == Hex("aa") && unknown.attributes.at(0x3fff).empty());
}

TEST("attributes of a newer kernel in a known event are passed over") {
  CHECK(Read<ConnectionOpened>(kEventCreated, WithPair("0500 4000 01 000000")).token == 1);
}

TEST("an event that lacks what it is about is an error, which says what") {
  const auto closed = DecodeEvent(kEventClosed, {});
  CHECK(!closed && closed.error().reason == "no token");
  const auto joined = DecodeEvent(kEventSubEstablished, Hex("0800 0100 01000000"));
  CHECK(!joined && joined.error().reason == "no local address");
}

TEST("a raw event keeps every attribute of one that is known, zeros and newcomers too") {
  const auto event = DecodeRawEvent(kEventSubClosed, Hex("0800 0100 01000000"
                                                         "0500 0c00 00 000000"
                                                         "0500 4000 01 000000"));
  CHECK(event && event->number == kEventSubClosed && event->attributes.size() == 3);
  CHECK(event->attributes.at(kEventError) == Hex("00") && event->attributes.contains(64));
  CHECK(DecodeRawEvent(kEventClosed, {}));
  CHECK(!DecodeRawEvent(kEventClosed, Hex("0900 0100 01000000")));
}

TEST("events have the sizes that Linux 6.18 was seen to send") {
  const SocketAddress v4{*ParseAddress("10.0.0.1"), 1};
  const auto size = [](const Event& event) {
    Buffer out;
    EncodeEvent(event, out);
    return out.size() + 20;
  };
  CHECK(size(ConnectionOpened{.local = v4, .remote = v4}) == 84);
  CHECK(size(ConnectionOpened{.local = v4, .remote = v4, .server_side = true}) == 100);
  CHECK(size(SubflowChanged{.local = v4, .remote = v4}) == 92);
  CHECK(size(ConnectionClosed{}) == 28);
}

TEST("every event decodes to itself") {
  Random random(2);
  for (int round = 0; round < 4000; ++round) {
    for (std::size_t kind = 0; kind < std::variant_size_v<Event>; ++kind) {
      const Event event = test::RandomEvent(random, kind);
      Buffer bytes;
      EncodeEvent(event, bytes);
      const auto decoded = DecodeEvent(NumberOf(event), bytes);
      CHECK(decoded && *decoded == event);
    }
  }
}

}  // namespace
}  // namespace subflowd::mptcp
