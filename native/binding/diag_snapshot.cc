// Two dumps for each family: MPTCP sockets, and the TCP sockets that may be their subflows.
#include "binding/diag_snapshot.h"

#include <linux/netlink.h>

#include <vector>

#include "binding/diag_record.h"
#include "binding/options.h"
#include "binding/promise_work.h"
#include "diag/decode.h"
#include "diag/request.h"
#include "netlink/transactor.h"

namespace subflowd::binding {
namespace {

constexpr int kReceiveBuffer = 1 << 20;

struct Snapshot {
  std::vector<diag::MptcpSocket> sockets;
  std::vector<diag::Subflow> subflows;
};

/// Appends what one dump finds to `found`. A kernel without IPv6 has nothing to say about it.
template <typename Record>
Outcome<Done> Dump(netlink::Transactor& transactor, IpFamily family, auto request, auto decode,
                   std::vector<Record>& found) {
  const std::size_t before = found.size();
  std::optional<netlink::Malformed> malformed;
  const auto build = [&](Buffer& out, std::uint32_t sequence) { request(family, sequence, out); };
  const auto keep = [&](const netlink::Message& message) {
    const auto decoded = decode(message.body);
    if (!decoded) malformed = decoded.error();
    if (decoded && *decoded) found.push_back(**decoded);
  };
  auto ending = transactor.Dump(build, [&] { found.resize(before); }, keep);
  if (!ending) return Fail(std::move(ending).error());
  if (malformed) {
    return Fail({.number = EBADMSG, .syscall = "recvmsg", .explanation = malformed->reason});
  }
  if (!ending->refusal) return Done{};
  if (ending->refusal->number == ENOENT && family == IpFamily::kIpv6) return Done{};
  return Fail(netlink::FailureOf(*ending->refusal));
}

Outcome<Snapshot> Run(const netlink::SocketOptions& options) {
  auto socket = netlink::Socket::Open(NETLINK_SOCK_DIAG, options);
  if (!socket) return Fail(std::move(socket).error());
  netlink::Transactor transactor(*socket);
  Snapshot snapshot;
  for (const IpFamily family : {IpFamily::kIpv4, IpFamily::kIpv6}) {
    auto done =
        Dump(transactor, family, diag::RequestSockets, diag::DecodeSocket, snapshot.sockets);
    if (!done) return Fail(std::move(done).error());
  }
  for (const IpFamily family : {IpFamily::kIpv4, IpFamily::kIpv6}) {
    auto done =
        Dump(transactor, family, diag::RequestSubflows, diag::DecodeSubflow, snapshot.subflows);
    if (!done) return Fail(std::move(done).error());
  }
  return snapshot;
}

napi_value Convert(Words& words, const Snapshot& snapshot) {
  const auto convert = [&](const auto& record) { return ToRecord(words, record); };
  return Record(words)
      .Set(Word::kSockets, ArrayOf(words.env(), snapshot.sockets, convert))
      .Set(Word::kSubflows, ArrayOf(words.env(), snapshot.subflows, convert))
      .value();
}

}  // namespace

Napi::Value DiagSnapshot(const Napi::CallbackInfo& info) {
  return PromiseWork<Snapshot>::Start(
      info.Env(), [options = ReadSocketOptions(info[0], kReceiveBuffer)] { return Run(options); },
      Convert);
}

}  // namespace subflowd::binding
