// Framing, attributes, extended acks, sequence numbers, addresses.
#include <cerrno>
#include <optional>

#include "check.h"
#include "hex.h"
#include "netlink/address.h"
#include "netlink/attributes.h"
#include "netlink/extended_ack.h"
#include "netlink/generic.h"
#include "netlink/message.h"
#include "netlink/sequence.h"

namespace subflowd::netlink {
namespace {

using test::Hex;

/// The first message of a datagram, with the bytes that it looks at.
struct First {
  explicit First(const char* hex) : bytes(Hex(hex)) {
    MessageReader reader(bytes);
    CHECK(reader.Next());
    message = reader.message();
  }

  Buffer bytes;
  Message message;
};

std::optional<Refusal> RefusalOf(const char* hex) {
  const First first(hex);
  CHECK(IsEnding(first.message));
  return RefusalIn(first.message);
}

TEST("messages of one datagram are read in order, across their padding") {
  Buffer out;
  {
    MessageWriter message(out, 20, NLM_F_REQUEST, 7);
    message.Append(Hex("01 02 03 04 05"));
  }
  {
    MessageWriter message(out, 21, 0, 8);
  }
  CHECK(out == Hex("18000000 1400 0100 07000000 00000000 0102030405000000"
                   "10000000 1500 0000 08000000 00000000"));
  MessageReader reader(out);
  CHECK(reader.Next() && reader.message().header.nlmsg_seq == 7);
  CHECK(reader.message().body.size() == 8);
  CHECK(reader.Next() && reader.message().header.nlmsg_type == 21);
  CHECK(!reader.Next() && !reader.malformed());
}

TEST("a message that claims more bytes than there are ends the reading") {
  const Buffer bytes = Hex("20000000 1400 0100 07000000 00000000");
  MessageReader reader(bytes);
  CHECK(!reader.Next() && reader.malformed());
  CHECK(!reader.Next());
}

TEST("a message that claims fewer bytes than a header has ends the reading") {
  const Buffer bytes = Hex("0f000000 1400 0100 07000000 00000000");
  MessageReader reader(bytes);
  CHECK(!reader.Next() && reader.malformed());
}

TEST("an answer is ours only with our port and our sequence number") {
  const First first("10000000 0200 0000 07000000 2a000000");
  CHECK(first.message.Answers(42, 7));
  CHECK(!first.message.Answers(43, 7) && !first.message.Answers(42, 8));
}

TEST("attributes of every type are read as they were written") {
  Buffer out;
  AttributeWriter write(out);
  write.U8(1, 0xfe);
  write.U16(2, 0x1234);
  write.Big16(3, 443);
  write.U32(4, 0xdeadbeef);
  write.Text(5, "mptcp_pm");
  {
    const auto nest = write.Nest(6);
    write.U8(1, 9);
  }
  AttributeReader read(out);
  CHECK(read.Next() && read.type() == 1 && read.U8() == 0xfe);
  CHECK(read.Next() && read.U16() == 0x1234);
  CHECK(read.Next() && read.Big16() == 443);
  CHECK(read.Next() && read.U32() == 0xdeadbeef);
  CHECK(read.Next() && read.Text() == "mptcp_pm");
  CHECK(read.Next() && read.type() == 6);
  AttributeReader inner = read.Nest();
  CHECK(inner.Next() && inner.type() == 1 && inner.U8() == 9 && !inner.Next());
  CHECK(!read.Next() && !read.error());
}

TEST("an integer in network order has its high byte first") {
  Buffer out;
  AttributeWriter(out).Big16(9, 443);
  CHECK(out == Hex("0600 0900 01bb 0000"));
}

TEST("an integer that is too short is an error that stays") {
  const Buffer bytes = Hex("0500 0100 07 000000  0800 0200 01000000");
  AttributeReader read(bytes);
  CHECK(read.Next() && read.U32() == 0);
  CHECK(read.error() && read.error()->reason == "attribute 1 has 1 bytes, not 4");
  CHECK(!read.Next());
}

TEST("of an integer that is too long the first bytes count, as in the kernel") {
  const Buffer bytes = Hex("0800 0100 07000000");
  AttributeReader read(bytes);
  CHECK(read.Next() && read.U8() == 7 && !read.error());
}

TEST("an error inside a nest is one of the whole") {
  const Buffer bytes = Hex("0c00 0180 0500 0100 07 000000 0800 0200 01000000");
  AttributeReader read(bytes);
  CHECK(read.Next());
  AttributeReader inner = read.Nest();
  CHECK(inner.Next() && inner.U16() == 0);
  CHECK(read.error() && !read.Next());
}

TEST("an attribute that reaches beyond the end is an error") {
  const Buffer bytes = Hex("0900 0100 01020304");
  AttributeReader read(bytes);
  CHECK(!read.Next() && read.error());
}

TEST("an ack without an error is no refusal") {
  CHECK(
      !RefusalOf("24000000 0200 0001 05000000 2a000000 00000000"
                 "10000000 1c00 0500 05000000 00000000"));
}

TEST("a refusal has the kernel's text and the offset, behind a capped request") {
  const auto refusal = RefusalOf(
      "40000000 0200 0003 05000000 2a000000 eaffffff"
      "10000000 1c00 0500 05000000 00000000"
      "1200 0100 696e76616c696420746f6b656e00 0000"  // invalid token
      "0800 0200 14000000");
  CHECK(refusal && refusal->number == EINVAL && refusal->text == "invalid token");
  CHECK(refusal->offset == 20 && !refusal->missing);
}

TEST("a refusal names the attribute that is missing, behind a request sent back whole") {
  const auto refusal = RefusalOf(
      "30000000 0200 0002 05000000 2a000000 eaffffff"
      "14000000 1c00 0500 05000000 00000000 08010000"
      "0800 0500 04000000");
  CHECK(refusal && refusal->missing == 4 && refusal->text.empty());
}

TEST("a dump's refusal is read from its NLMSG_DONE") {
  const auto refusal = RefusalOf(
      "28000000 0300 0202 05000000 2a000000 eaffffff"
      "1200 0100 696e76616c696420746f6b656e00 0000");
  CHECK(refusal && refusal->text == "invalid token");
}

TEST("a dump that ends well is no refusal, with a number or without") {
  CHECK(!RefusalOf("14000000 0300 0200 05000000 2a000000 00000000"));
  CHECK(!RefusalOf("10000000 0300 0200 05000000 2a000000"));
}

TEST("an error message that is cut off is a refusal, not a success") {
  CHECK(RefusalOf("10000000 0200 0000 05000000 2a000000"));
}

TEST("a family tells its groups, and its operations with their flags") {
  const First first(
      "6c000000 1000 0000 05000000 2a000000 01020000"
      "0600 0100 1c00 0000"
      "2c00 0600"
      "1400 0100 0800 0100 01000000 0800 0200 1a000000"
      "1400 0200 0800 0100 03000000 0800 0200 0e000000"
      "2400 0700"
      "2000 0100 0800 0200 09000000 1400 0100 6d707463705f706d5f6576656e747300");
  const Family family = ReadFamily(first.message);
  CHECK(family.id == 28 && family.groups.at("mptcp_pm_events") == 9);
  CHECK((family.operations == std::map<std::uint8_t, std::uint32_t>{{1, 0x1a}, {3, 0x0e}}));
}

TEST("sequence numbers follow each other, run over between two lists, and are never 0") {
  SequenceCounter counter(0xfffffff0);
  CHECK(counter.Reserve(10) == 0xfffffff1);
  CHECK(counter.Reserve(5) == 0xfffffffb);
  CHECK(counter.Reserve(1) == 1);
  CHECK(counter.Reserve(3) == 2);
  CHECK(SequenceCounter(0xfffffffe).Reserve(1) == 0xffffffff);
  CHECK(SequenceCounter(0xffffffff).Reserve(1) == 1);
}

TEST("addresses are printed as inet_ntop prints them, and read back") {
  for (const char* text : {"0.0.0.0", "10.9.0.1", "255.255.255.255", "::", "::1", "2001:db8::1",
                           "::ffff:192.0.2.55", "fe80::1:2:3:4"}) {
    const auto address = ParseAddress(text);
    AddressText buffer;
    CHECK(address && FormatAddress(*address, buffer) == text);
  }
}

TEST("what is no address is refused") {
  for (const char* text : {"", "10.9.0", "10.9.0.256", "fe80::1%eth0", "localhost", "10.9.0.1 "}) {
    CHECK(!ParseAddress(text));
  }
}

}  // namespace
}  // namespace subflowd::netlink
