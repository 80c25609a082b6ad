#include "command_socket.h"

#include "../netlink/generic.h"

namespace subflowd::binding {

namespace {

/** Answers wait in this socket's own buffer while commands are sent: room for some 40,000. */
constexpr uint32_t kAnswerBuffer = 32U << 20;

/** The kernel works off a write before it returns: this many commands are some 5 ms. */
constexpr size_t kChunk = 128;

void decode_answers(const Words& words, netlink::Bytes datagram, Napi::Array& batch) {
  netlink::MessageReader reader(datagram);
  while (const auto message = reader.next()) {
    if (!message->is_error()) continue;
    const netlink::Refusal refusal = netlink::parse_ack(*message);
    Record record(batch.Env(), words);
    record.put(Word::sequence, message->sequence);
    if (refusal.error != 0) record.put(Word::refusal, to_js(batch.Env(), words, refusal));
    batch.Set(batch.Length(), record.value());
  }
}

}  // namespace

Napi::Function CommandSocket::define(Napi::Env env) {
  return DefineClass(env, "CommandSocket",
                     with_common({InstanceMethod("send", &CommandSocket::send)}));
}

CommandSocket::CommandSocket(const Napi::CallbackInfo& info) : LoopSocket(info) {
  const Napi::Function listener = to_listener(info);
  const auto options = to_socket_options(info[1], kAnswerBuffer);
  or_throw(info.Env(), [&] {
    family_ = netlink::find_family(mptcp::kFamilyName, options).id;
    start(std::make_shared<Pump>(info.Env(),
                                 std::make_unique<netlink::Socket>(NETLINK_GENERIC, options),
                                 "mptcp_pm", listener, decode_answers));
  });
}

uint32_t CommandSocket::next_sequence() {
  if (++sequence_ == 0) ++sequence_;
  return sequence_;
}

Napi::Value CommandSocket::send(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!info[0].IsArray()) throw Napi::TypeError::New(env, "commands: an array is needed");
  if (pump_->closed()) throw Napi::Error::New(env, "the socket is closed");
  const Napi::Array list = info[0].As<Napi::Array>();
  commands_.clear();
  for (uint32_t i = 0; i < list.Length(); ++i)
    commands_.push_back(to_command(list.Get(i), "commands[" + std::to_string(i) + "]"));

  const uint32_t first = sequence_ + 1 == 0 ? 1 : sequence_ + 1;
  or_throw(env, [&] {
    for (size_t begin = 0; begin < commands_.size(); begin += kChunk) {
      buffer_.clear();
      const size_t end = std::min(begin + kChunk, commands_.size());
      for (size_t i = begin; i < end; ++i)
        mptcp::encode(buffer_, commands_[i], family_, next_sequence());
      pump_->socket().send(buffer_);
    }
  });
  return Napi::Number::New(env, first);
}

}  // namespace subflowd::binding
