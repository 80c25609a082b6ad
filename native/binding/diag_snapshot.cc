// Two dumps for each family: MPTCP sockets, and the TCP sockets that may be their subflows.
#include "binding/diag_snapshot.h"

#include <linux/netlink.h>

#include <algorithm>
#include <memory>
#include <span>
#include <utility>
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

/// Hands the records over in parts: to make thousands of them at once would keep the loop waiting.
class Cursor {
 public:
  explicit Cursor(Snapshot snapshot) : snapshot_(std::move(snapshot)) {}

  napi_value Take(Words& words, std::size_t count) {
    const auto sockets = Next(snapshot_.sockets, first_socket_, count);
    const auto subflows = Next(snapshot_.subflows, first_subflow_, count - sockets.size());
    const auto convert = [&](const auto& record) { return ToRecord(words, record); };
    return Record(words)
        .Set(Word::kSockets, ArrayOf(words.env(), sockets, convert))
        .Set(Word::kSubflows, ArrayOf(words.env(), subflows, convert))
        .value();
  }

 private:
  template <typename Entry>
  static std::span<const Entry> Next(const std::vector<Entry>& all, std::size_t& first,
                                     std::size_t count) {
    const auto part = std::span(all).subspan(first);
    const auto taken = part.first(std::min(count, part.size()));
    first += taken.size();
    return taken;
  }

  Snapshot snapshot_;
  std::size_t first_socket_ = 0;
  std::size_t first_subflow_ = 0;
};

napi_value Convert(Words& words, Snapshot& snapshot) {
  const auto cursor = std::make_shared<Cursor>(std::move(snapshot));
  return Napi::Function::New(words.env(), [cursor](const Napi::CallbackInfo& info) {
    Words words(info.Env());
    const auto count = info[0].As<Napi::Number>().Uint32Value();
    return Napi::Value(info.Env(), cursor->Take(words, count));
  });
}

}  // namespace

Napi::Value DiagSnapshot(const Napi::CallbackInfo& info) {
  return PromiseWork<Snapshot>::Start(
      info.Env(), [options = ReadSocketOptions(info[0], kReceiveBuffer)] { return Run(options); },
      Convert);
}

}  // namespace subflowd::binding
