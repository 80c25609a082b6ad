// Bodies of sock_diag's answers, as the kernel builds them.
#pragma once

#include <arpa/inet.h>
#include <linux/inet_diag.h>

#include <string>

#include "diag/constants.h"
#include "netlink/attributes.h"

namespace subflowd::test {

/// What differs from answer to answer; the rest is the same in all.
struct Answer {
  std::uint8_t state = diag::kEstablished;
  std::uint32_t ulp_flags = 0;
  std::uint32_t info_flags = 0;
  std::size_t info_size = 96;
  std::string ulp = diag::kUlpName;  ///< empty for none
};

/// 10.0.0.1:32768 → 10.0.0.2:443.
inline Buffer AnswerHeader(std::uint8_t state) {
  inet_diag_msg header{};
  header.idiag_family = AF_INET;
  header.idiag_state = state;
  header.id.idiag_sport = htons(32768);
  header.id.idiag_dport = htons(443);
  header.id.idiag_src[0] = htonl(0x0a000001);
  header.id.idiag_dst[0] = htonl(0x0a000002);
  header.id.idiag_if = 3;
  header.idiag_uid = 1000;
  header.idiag_inode = 4242;
  const Bytes bytes = BytesOf(header);
  return Buffer(bytes.begin(), bytes.end());
}

inline void Store(Buffer& structure, std::size_t offset, std::uint32_t value) {
  if (structure.size() >= offset + sizeof value) {
    std::memcpy(&structure[offset], &value, sizeof value);
  }
}

inline Buffer SocketAnswer(const Answer& answer) {
  Buffer info(answer.info_size);
  Store(info, diag::kMptcpInfoFlags, answer.info_flags);
  Store(info, diag::kMptcpInfoToken, 0x3c6937e5);
  Buffer body = AnswerHeader(answer.state);
  netlink::AttributeWriter(body).Put(INET_DIAG_INFO, info);
  return body;
}

inline Buffer SubflowAnswer(const Answer& answer) {
  Buffer info(answer.info_size);
  Store(info, diag::kTcpInfoRtt, 1500);
  Buffer body = AnswerHeader(answer.state);
  netlink::AttributeWriter write(body);
  write.Put(INET_DIAG_INFO, info);
  if (answer.ulp.empty()) return body;
  const auto ulp = write.Nest(INET_DIAG_ULP_INFO);
  write.Text(INET_ULP_INFO_NAME, answer.ulp);
  const auto mptcp = write.Nest(INET_ULP_INFO_MPTCP);
  write.U32(diag::kUlpTokenLocal, 0x3c6937e5);
  write.U32(diag::kUlpFlags, answer.ulp_flags);
  write.U8(diag::kUlpIdRemote, 1);
  write.U8(diag::kUlpIdLocal, 2);
  return body;
}

}  // namespace subflowd::test
