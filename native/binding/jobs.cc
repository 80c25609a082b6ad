#include "jobs.h"

#include <linux/sock_diag.h>

#include <functional>
#include <optional>
#include <vector>

#include "../netlink/generic.h"
#include "../netlink/transactor.h"
#include "arguments.h"
#include "record.h"

namespace subflowd::binding {

namespace {

/** Replies wait here while others are worked off. */
constexpr uint32_t kReplyBuffer = 4U << 20;

/** Work on another thread, then a value on this one; the promise settles with either. */
template <typename Result>
class Job : public Napi::AsyncWorker {
 public:
  using Work = std::function<Result()>;
  using Convert = std::function<napi_value(Napi::Env, const Result&)>;

  static Napi::Value start(Napi::Env env, Work work, Convert convert) {
    auto* job = new Job(env, std::move(work), std::move(convert));
    const Napi::Promise promise = job->deferred_.Promise();
    job->Queue();
    return promise;
  }

 private:
  Job(Napi::Env env, Work work, Convert convert)
      : AsyncWorker(env),
        deferred_(Napi::Promise::Deferred::New(env)),
        work_(std::move(work)),
        convert_(std::move(convert)) {}

  void Execute() override {
    try {
      result_ = work_();
    } catch (const netlink::Failure& failure) {
      failure_ = failure;
    }
  }

  void OnOK() override {
    if (failure_) return deferred_.Reject(to_error(Env(), *failure_).Value());
    deferred_.Resolve(convert_(Env(), result_));
  }

  void OnError(const Napi::Error& error) override { deferred_.Reject(error.Value()); }

  Napi::Promise::Deferred deferred_;
  Work work_;
  Convert convert_;
  Result result_{};
  std::optional<netlink::Failure> failure_;
};

template <typename List, typename ToValue>
napi_value to_array(Napi::Env env, const List& list, const ToValue& to_value) {
  Napi::Array array = Napi::Array::New(env, list.size());
  for (uint32_t i = 0; i < list.size(); ++i) {
    const Napi::HandleScope scope(env);
    array.Set(i, to_value(list[i]));
  }
  return array;
}

struct Answer {
  mptcp::Reply reply;
  netlink::Refusal refusal;
};

std::vector<Answer> ask(const std::vector<mptcp::Command>& queries,
                        const netlink::SocketOptions& options) {
  const uint16_t family = netlink::find_family(mptcp::kFamilyName, options).id;
  netlink::Transactor transactor(NETLINK_GENERIC, options);
  std::vector<Answer> answers;
  for (const auto& query : queries) {
    Answer answer;
    answer.refusal = transactor.attempt(
        [&](netlink::Buffer& buffer, uint32_t sequence) {
          mptcp::encode(buffer, query, family, sequence);
        },
        [&](const netlink::Message& message) { mptcp::decode_reply(message, answer.reply); });
    answers.push_back(std::move(answer));
  }
  return answers;
}

struct Sockets {
  std::vector<diag::Connection> connections;
  std::vector<diag::Subflow> subflows;
};

Sockets dump_sockets(const netlink::SocketOptions& options) {
  Sockets sockets;
  netlink::Transactor transactor(NETLINK_SOCK_DIAG, options);
  // Connections first: a subflow whose connection is not listed is one that began meanwhile.
  for (const uint8_t family : {AF_INET, AF_INET6}) {
    const size_t before = sockets.connections.size();
    transactor.dump(
        "dump of MPTCP sockets",
        [&](auto& buffer, uint32_t sequence) {
          diag::encode_connection_dump(buffer, family, sequence);
        },
        [&] { sockets.connections.resize(before); },
        [&](const netlink::Message& message) {
          if (const auto connection = diag::decode_connection(message))
            sockets.connections.push_back(*connection);
        });
  }
  for (const uint8_t family : {AF_INET, AF_INET6}) {
    const size_t before = sockets.subflows.size();
    transactor.dump(
        "dump of TCP sockets",
        [&](auto& buffer, uint32_t sequence) {
          diag::encode_subflow_dump(buffer, family, sequence);
        },
        [&] { sockets.subflows.resize(before); },
        [&](const netlink::Message& message) {
          if (const auto subflow = diag::decode_subflow(message))
            sockets.subflows.push_back(*subflow);
        });
  }
  return sockets;
}

std::vector<netlink::Buffer> dump_routes(uint16_t type, const netlink::Buffer& body,
                                         const netlink::SocketOptions& options) {
  std::vector<netlink::Buffer> messages;
  netlink::Transactor transactor(NETLINK_ROUTE, options);
  transactor.dump(
      "rtnetlink dump",
      [&](netlink::Buffer& buffer, uint32_t sequence) {
        netlink::MessageWriter message(buffer, type, NLM_F_REQUEST | NLM_F_DUMP, sequence);
        buffer.insert(buffer.end(), body.begin(), body.end());
        message.end();
      },
      [&] { messages.clear(); },
      [&](const netlink::Message& reply) {
        netlink::Buffer& copy = messages.emplace_back();
        netlink::MessageWriter message(copy, reply.type, reply.flags, reply.sequence);
        copy.insert(copy.end(), reply.payload.begin(), reply.payload.end());
        message.end();
      });
  return messages;
}

}  // namespace

Napi::Value query(const Napi::CallbackInfo& info) {
  if (!info[0].IsArray()) throw Napi::TypeError::New(info.Env(), "queries: an array is needed");
  const Napi::Array list = info[0].As<Napi::Array>();
  std::vector<mptcp::Command> queries;
  for (uint32_t i = 0; i < list.Length(); ++i)
    queries.push_back(to_query(list.Get(i), "queries[" + std::to_string(i) + "]"));
  const auto options = to_socket_options(info[1], kReplyBuffer);
  return Job<std::vector<Answer>>::start(
      info.Env(), [queries, options] { return ask(queries, options); },
      [queries](Napi::Env env, const std::vector<Answer>& answers) {
        const Words words(env);
        uint32_t index = 0;
        return to_array(env, answers, [&](const Answer& answer) -> napi_value {
          const bool limits = queries[index++].operation == mptcp::Operation::kGetLimits;
          if (answer.refusal.error == 0) return to_js(env, words, answer.reply, limits);
          return Record(env, words)
              .put(Word::refusal, to_js(env, words, answer.refusal))
              .value();
        });
      });
}

Napi::Value diag_snapshot(const Napi::CallbackInfo& info) {
  const auto options = to_socket_options(info[0], kReplyBuffer);
  return Job<Sockets>::start(
      info.Env(), [options] { return dump_sockets(options); },
      [](Napi::Env env, const Sockets& sockets) {
        const Words words(env);
        const auto one = [&](const auto& socket) { return to_js(env, words, socket); };
        return Record(env, words)
            .put(Word::sockets, to_array(env, sockets.connections, one))
            .put(Word::subflows, to_array(env, sockets.subflows, one))
            .value();
      });
}

Napi::Value route_dump(const Napi::CallbackInfo& info) {
  if (!info[0].IsNumber()) throw Napi::TypeError::New(info.Env(), "type: a number is needed");
  if (!info[1].IsTypedArray()) throw Napi::TypeError::New(info.Env(), "body: bytes are needed");
  const uint32_t type = info[0].As<Napi::Number>();
  const auto bytes = info[1].As<Napi::Uint8Array>();
  const netlink::Buffer body(bytes.Data(), bytes.Data() + bytes.ByteLength());
  const auto options = to_socket_options(info[2], kReplyBuffer);
  return Job<std::vector<netlink::Buffer>>::start(
      info.Env(),
      [type, body, options] { return dump_routes(static_cast<uint16_t>(type), body, options); },
      [](Napi::Env env, const std::vector<netlink::Buffer>& messages) {
        return to_array(env, messages, [&](const netlink::Buffer& message) -> napi_value {
          return Napi::Buffer<uint8_t>::Copy(env, message.data(), message.size());
        });
      });
}

}  // namespace subflowd::binding
