// struct inet_diag_msg and its attributes (linux/inet_diag.h). Structures in attributes are read as
// far as they reach: older kernels send shorter ones.
#include "diag/decode.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>

#include <cstring>

#include "diag/constants.h"

namespace subflowd::diag {
namespace {

using netlink::AttributeReader;
using netlink::Decoded;
using netlink::Malformed;

std::uint32_t U32At(Bytes structure, std::size_t offset) {
  if (structure.size() < offset + sizeof(std::uint32_t)) return 0;
  return Load<std::uint32_t>(structure, offset);
}

IpFamily FamilyOf(const inet_diag_msg& header) {
  return header.idiag_family == AF_INET ? IpFamily::kIpv4 : IpFamily::kIpv6;
}

SocketAddress AddressOf(const inet_diag_msg& header, const __be32 (&address)[4], __be16 port) {
  SocketAddress read;
  read.address.family = FamilyOf(header);
  std::memcpy(read.address.bytes.data(), address, header.idiag_family == AF_INET ? 4 : 16);
  read.port = ntohs(port);
  return read;
}

/// Both records begin alike.
template <typename Record>
Record RecordOf(const inet_diag_msg& header) {
  Record record;
  record.state = header.idiag_state;
  record.family = FamilyOf(header);
  record.local = AddressOf(header, header.id.idiag_src, header.id.idiag_sport);
  record.remote = AddressOf(header, header.id.idiag_dst, header.id.idiag_dport);
  record.uid = header.idiag_uid;
  return record;
}

struct Ulp {
  bool is_mptcp = false;
  std::uint32_t token = 0;
  std::uint32_t flags = 0;
  std::uint8_t local_id = 0;
  std::uint8_t remote_id = 0;
};

void ReadMptcpUlp(AttributeReader reader, Ulp& ulp) {
  while (reader.Next()) {
    if (reader.type() == kUlpTokenLocal) ulp.token = reader.U32();
    if (reader.type() == kUlpFlags) ulp.flags = reader.U32();
    if (reader.type() == kUlpIdLocal) ulp.local_id = reader.U8();
    if (reader.type() == kUlpIdRemote) ulp.remote_id = reader.U8();
  }
}

Ulp ReadUlp(AttributeReader reader) {
  Ulp ulp;
  while (reader.Next()) {
    if (reader.type() == INET_ULP_INFO_NAME) ulp.is_mptcp = reader.Text() == kUlpName;
    if (reader.type() == INET_ULP_INFO_MPTCP) ReadMptcpUlp(reader.Nest(), ulp);
  }
  return ulp;
}

Unexpected<Malformed> TooShort() { return {Malformed{"an answer of sock_diag is cut off"}}; }

}  // namespace

Decoded<std::optional<MptcpSocket>> DecodeSocket(Bytes body) {
  if (body.size() < sizeof(inet_diag_msg)) return TooShort();
  const auto header = Load<inet_diag_msg>(body);
  auto socket = RecordOf<MptcpSocket>(header);
  socket.inode = header.idiag_inode;
  AttributeReader reader(body.subspan(sizeof(inet_diag_msg)));
  while (reader.Next()) {
    if (reader.type() != INET_DIAG_INFO) continue;
    socket.token = U32At(reader.payload(), kMptcpInfoToken);
    socket.fallback = U32At(reader.payload(), kMptcpInfoFlags) & kMptcpInfoFallback;
  }
  if (reader.error()) return Unexpected{*reader.error()};
  if (socket.token == 0 && socket.state != kEstablished) return std::optional<MptcpSocket>();
  return std::optional(socket);
}

Decoded<std::optional<Subflow>> DecodeSubflow(Bytes body) {
  if (body.size() < sizeof(inet_diag_msg)) return TooShort();
  const auto header = Load<inet_diag_msg>(body);
  Ulp ulp;
  std::uint32_t rtt = 0;
  AttributeReader reader(body.subspan(sizeof(inet_diag_msg)));
  while (reader.Next()) {
    if (reader.type() == INET_DIAG_INFO) rtt = U32At(reader.payload(), kTcpInfoRtt);
    if (reader.type() == INET_DIAG_ULP_INFO) ulp = ReadUlp(reader.Nest());
  }
  if (reader.error()) return Unexpected{*reader.error()};
  if (!ulp.is_mptcp) return std::optional<Subflow>();
  auto subflow = RecordOf<Subflow>(header);
  subflow.token = ulp.token;
  subflow.local_id = ulp.local_id;
  subflow.remote_id = ulp.remote_id;
  subflow.ifindex = header.id.idiag_if;
  subflow.initial = !(ulp.flags & (kJoinLocal | kJoinRemote));
  subflow.initiated_here = ulp.flags & (kCapableLocal | kJoinLocal);
  subflow.backup_local = ulp.flags & kBackupLocal;
  subflow.backup_remote = ulp.flags & kBackupRemote;
  subflow.fully_established = ulp.flags & kFullyEstablished;
  subflow.rtt = rtt;
  return std::optional(subflow);
}

}  // namespace subflowd::diag
