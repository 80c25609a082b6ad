// struct nlmsgerr, and the attributes after it (NETLINK_EXT_ACK, netlink(7)).
#include "netlink/extended_ack.h"

#include <algorithm>
#include <cerrno>
#include <limits>

#include "netlink/attributes.h"

namespace subflowd::netlink {
namespace {

/// The attributes stand after the error, in NLMSG_ERROR also after the request's header, and after
/// the whole request unless it was capped (NETLINK_CAP_ACK).
Bytes AttributesOf(const Message& ending) {
  if (!(ending.header.nlmsg_flags & NLM_F_ACK_TLVS)) return {};
  std::size_t start = sizeof(int);
  if (ending.header.nlmsg_type == NLMSG_ERROR) {
    if (ending.body.size() < sizeof(nlmsgerr)) return {};
    const auto request = Load<nlmsgerr>(ending.body).msg;
    const bool capped = ending.header.nlmsg_flags & NLM_F_CAPPED;
    start += capped ? sizeof(nlmsghdr) : Align(request.nlmsg_len);
  }
  return ending.body.subspan(std::min(start, ending.body.size()));
}

}  // namespace

bool IsEnding(const Message& message) {
  return message.header.nlmsg_type == NLMSG_ERROR || message.header.nlmsg_type == NLMSG_DONE;
}

std::optional<Refusal> RefusalIn(const Message& ending) {
  const bool is_done = ending.header.nlmsg_type == NLMSG_DONE;
  // Not every NLMSG_DONE carries a number.
  if (is_done && ending.body.size() < sizeof(int)) return std::nullopt;
  if (ending.body.size() < sizeof(int)) return Refusal{.number = EBADMSG, .text = "cut off"};
  const int number = Load<int>(ending.body);
  // A dump that ends well may leave the size of its last part here.
  if (number >= 0) return std::nullopt;
  Refusal refusal{.number = number == std::numeric_limits<int>::min() ? EBADMSG : -number};
  AttributeReader attributes(AttributesOf(ending));
  while (attributes.Next()) {
    switch (attributes.type()) {
      case NLMSGERR_ATTR_MSG:
        refusal.text = attributes.Text();
        break;
      case NLMSGERR_ATTR_OFFS:
        refusal.offset = attributes.U32();
        break;
      case NLMSGERR_ATTR_MISS_TYPE:
        refusal.missing = static_cast<std::uint16_t>(attributes.U32());
        break;
    }
  }
  return refusal;
}

}  // namespace subflowd::netlink
