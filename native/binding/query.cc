// Requests go out in groups; a dump goes alone, as a socket can have only one under way.
#include "binding/query.h"

#include <linux/netlink.h>

#include <optional>
#include <span>
#include <vector>

#include "binding/command_reader.h"
#include "binding/options.h"
#include "binding/path_manager_family.h"
#include "binding/promise_work.h"
#include "mptcp/decode_endpoint.h"
#include "mptcp/encode_command.h"
#include "netlink/transactor.h"

namespace subflowd::binding {
namespace {

using mptcp::Command;
using netlink::Transactor;

constexpr int kReceiveBuffer = 1 << 20;
constexpr std::size_t kInFlight = 128;

struct Reply {
  std::vector<mptcp::Endpoint> endpoints;
  std::optional<mptcp::Limits> limits;
  std::optional<netlink::Refusal> refusal;
};

bool IsDump(const Command& command) { return std::holds_alternative<mptcp::DumpAddr>(command); }

bool AsksForLimits(const Command& query) {
  const auto* raw = std::get_if<mptcp::RawRequest>(&query);
  return raw ? raw->operation == mptcp::kGetLimits
             : std::holds_alternative<mptcp::GetLimits>(query);
}

/// Takes what one message of an answer holds.
void TakeAnswer(const Command& query, const netlink::Message& message, Reply& reply) {
  const auto generic = netlink::ReadGeneric(message);
  if (!generic) return;
  if (AsksForLimits(query)) {
    if (auto limits = mptcp::DecodeLimits(generic->attributes)) reply.limits = *limits;
  } else if (auto endpoint = mptcp::DecodeEndpoint(generic->attributes)) {
    reply.endpoints.push_back(*endpoint);
  }
}

class Session {
 public:
  Session(const netlink::Socket& socket, std::uint16_t family)
      : transactor_(socket), family_(family) {}

  Outcome<Reply> Dump(const Command& query) {
    Reply reply;
    const auto build = [&](Buffer& out, std::uint32_t sequence) {
      mptcp::EncodeCommand(query, family_, sequence, out);
    };
    auto ending = transactor_.Dump(
        build, [&] { reply = {}; },
        [&](const netlink::Message& message) { TakeAnswer(query, message, reply); });
    if (!ending) return Fail(std::move(ending).error());
    reply.refusal = std::move(ending->refusal);
    return reply;
  }

  /// Sends all of them before it reads the first answer.
  Outcome<Done> Ask(std::span<const Command> queries, std::vector<Reply>& replies) {
    Buffer requests;
    std::vector<std::uint32_t> sequences;
    for (const Command& query : queries) {
      sequences.push_back(transactor_.NextSequence());
      mptcp::EncodeCommand(query, family_, sequences.back(), requests);
    }
    if (auto sent = transactor_.Send(requests); !sent) return sent;
    for (std::size_t i = 0; i < queries.size(); ++i) {
      Reply reply;
      auto ending = transactor_.Collect(sequences[i], [&](const netlink::Message& message) {
        TakeAnswer(queries[i], message, reply);
      });
      if (!ending) return Fail(std::move(ending).error());
      reply.refusal = std::move(ending->refusal);
      replies.push_back(std::move(reply));
    }
    return Done{};
  }

 private:
  Transactor transactor_;
  std::uint16_t family_;
};

/// How many queries from the first on can be under way at once.
std::size_t GroupSize(std::span<const Command> queries) {
  std::size_t size = 0;
  while (size < std::min(queries.size(), kInFlight) && !IsDump(queries[size])) ++size;
  return size;
}

Outcome<std::vector<Reply>> Run(const std::vector<Command>& queries,
                                const netlink::SocketOptions& options) {
  auto socket = netlink::Socket::Open(NETLINK_GENERIC, options);
  if (!socket) return Fail(std::move(socket).error());
  auto family = FindPathManager(*socket);
  if (!family) return Fail(std::move(family).error());
  Session session(*socket, family->id);
  std::vector<Reply> replies;
  for (std::span<const Command> rest(queries); !rest.empty();) {
    const std::size_t size = GroupSize(rest);
    if (size > 0) {
      auto asked = session.Ask(rest.first(size), replies);
      if (!asked) return Fail(std::move(asked).error());
      rest = rest.subspan(size);
      continue;
    }
    auto reply = session.Dump(rest.front());
    if (!reply) return Fail(std::move(reply).error());
    replies.push_back(*std::move(reply));
    rest = rest.subspan(1);
  }
  return replies;
}

napi_value EndpointRecord(Words& words, const mptcp::Endpoint& endpoint) {
  return Record(words)
      .Number(Word::kId, endpoint.id)
      .Address(endpoint.address.address)
      .Number(Word::kPort, endpoint.address.port)
      .Number(Word::kFlags, endpoint.flags)
      .Number(Word::kIfindex, endpoint.ifindex)
      .value();
}

napi_value LimitsRecord(Words& words, const mptcp::Limits& limits) {
  return Record(words)
      .Number(Word::kSubflows, limits.subflows)
      .Number(Word::kAddAddrAccepted, limits.add_addr_accepted)
      .value();
}

napi_value ReplyRecord(Words& words, const Reply& reply) {
  Record record(words);
  if (reply.refusal) {
    record.Set(Word::kRefusal, RefusalRecord(words, *reply.refusal));
  } else if (reply.limits) {
    record.Set(Word::kLimits, LimitsRecord(words, *reply.limits));
  } else {
    record.Set(Word::kEndpoints, ArrayOf(words.env(), reply.endpoints, [&](const auto& endpoint) {
                 return EndpointRecord(words, endpoint);
               }));
  }
  return record.value();
}

napi_value Convert(Words& words, std::vector<Reply>& replies) {
  return ArrayOf(words.env(), replies,
                 [&](const Reply& reply) { return ReplyRecord(words, reply); });
}

}  // namespace

Napi::Value Query(const Napi::CallbackInfo& info) {
  auto run = [queries = ReadQueries(info[0]),
              options = ReadSocketOptions(info[1], kReceiveBuffer)] {
    return Run(queries, options);
  };
  return PromiseWork<std::vector<Reply>>::Start(info.Env(), std::move(run), Convert);
}

}  // namespace subflowd::binding
