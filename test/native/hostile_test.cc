// Any bytes decode or fail cleanly. What "cleanly" means the sanitizers decide.
#include "check.h"
#include "diag/decode.h"
#include "diag_answers.h"
#include "generate.h"
#include "mptcp/attribute_name.h"
#include "mptcp/decode_command.h"
#include "mptcp/decode_endpoint.h"
#include "mptcp/decode_event.h"
#include "mptcp/encode_command.h"
#include "mptcp/encode_event.h"
#include "netlink/extended_ack.h"
#include "netlink/generic.h"

namespace subflowd {
namespace {

using test::Random;

/// Gives the bytes to everything that reads any, in a buffer of exactly their size.
void ReadAsEverything(Bytes bytes, std::uint8_t number) {
  const Buffer exact(bytes.begin(), bytes.end());
  (void)mptcp::DecodeEvent(number, exact);
  (void)mptcp::DecodeEndpoint(exact);
  (void)mptcp::DecodeLimits(exact);
  for (std::uint32_t offset = 0; offset < 64; offset += 4) {
    (void)mptcp::AttributeAt(exact, offset);
  }
  (void)diag::DecodeSocket(exact);
  (void)diag::DecodeSubflow(exact);
  netlink::MessageReader reader(exact);
  while (reader.Next()) {
    (void)netlink::ReadGeneric(reader.message());
    (void)netlink::ReadFamily(reader.message());
    (void)netlink::RefusalIn(reader.message());
    (void)mptcp::DecodeCommand(reader.message());
  }
}

void Mutate(Random& random, Buffer& bytes) {
  for (std::uint32_t i = 1 + random.UpTo(4); i > 0 && !bytes.empty(); --i) {
    const std::size_t at = random.UpTo(static_cast<std::uint32_t>(bytes.size() - 1));
    // Lengths are the dangerous part, and small or extreme numbers what breaks them.
    constexpr std::uint8_t kExtremes[] = {0, 1, 3, 4, 5, 0x7f, 0x80, 0xff};
    bytes[at] = std::byte{random.Boolean() ? random.U8() : random.OneOf(kExtremes)};
  }
  if (random.Boolean()) bytes.resize(random.UpTo(static_cast<std::uint32_t>(bytes.size())));
}

/// Something valid to begin with.
Buffer Sample(Random& random, std::uint8_t& number) {
  Buffer bytes;
  switch (random.UpTo(3)) {
    case 0: {
      const auto event = test::RandomEvent(random, random.UpTo(6));
      number = mptcp::NumberOf(event);
      mptcp::EncodeEvent(event, bytes);
      return bytes;
    }
    case 1:
      mptcp::EncodeCommand(test::RandomCommand(random, random.UpTo(12)), 28, random.U32(), bytes);
      return bytes;
    case 2:
      return test::SocketAnswer({.info_size = random.UpTo(200)});
    default:
      return test::SubflowAnswer({.ulp_flags = random.U32(), .info_size = random.UpTo(300)});
  }
}

TEST("valid messages cut off anywhere are read without harm") {
  Random random(3);
  for (int round = 0; round < 500; ++round) {
    std::uint8_t number = random.U8();
    const Buffer bytes = Sample(random, number);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      ReadAsEverything(Bytes(bytes).first(size), number);
    }
  }
}

TEST("100,000 valid messages with bytes changed are read without harm") {
  Random random(4);
  for (int round = 0; round < 100'000; ++round) {
    std::uint8_t number = random.U8();
    Buffer bytes = Sample(random, number);
    Mutate(random, bytes);
    ReadAsEverything(bytes, number);
  }
}

TEST("50,000 messages of random bytes are read without harm") {
  Random random(5);
  for (int round = 0; round < 50'000; ++round) {
    ReadAsEverything(random.Bytes(random.UpTo(120)), random.U8());
  }
}

TEST("refusals with bytes changed are read without harm") {
  Random random(6);
  for (int round = 0; round < 50'000; ++round) {
    Buffer bytes;
    {
      const std::uint16_t type = random.Boolean() ? NLMSG_ERROR : NLMSG_DONE;
      constexpr std::uint16_t kFlags[] = {0, NLM_F_ACK_TLVS, NLM_F_ACK_TLVS | NLM_F_CAPPED};
      netlink::MessageWriter message(bytes, type, random.OneOf(kFlags), 1);
      nlmsgerr error{};
      error.error = -22;
      error.msg.nlmsg_len = random.UpTo(64);
      message.Append(BytesOf(error));
      netlink::AttributeWriter write(bytes);
      write.Text(NLMSGERR_ATTR_MSG, "invalid token");
      write.U32(NLMSGERR_ATTR_OFFS, 20);
    }
    Mutate(random, bytes);
    ReadAsEverything(bytes, 1);
  }
}

}  // namespace
}  // namespace subflowd
