// The kernel carries commands out inside sendmsg(2) and queues one ack for each in our receive
// buffer.
#include "binding/command_socket.h"

#include <linux/netlink.h>

#include "binding/command_reader.h"
#include "binding/errors.h"
#include "binding/inbox.h"
#include "binding/options.h"
#include "binding/path_manager_family.h"
#include "mptcp/encode_command.h"
#include "netlink/extended_ack.h"

namespace subflowd::binding {

struct Ack {
  std::uint32_t sequence = 0;
  std::optional<netlink::Refusal> refusal;
};

namespace {

constexpr int kReceiveBuffer = 32 << 20;
constexpr netlink::Receiver::Shape kShape{.slots = 64, .size = 2048};
/// Messages in one sendmsg(2): far below what a send buffer holds, and their acks fit the smallest
/// receive buffer that distributions give (256 of them).
constexpr std::size_t kChunk = 128;

}  // namespace

class AckInbox : public TypedInbox<Ack> {
 public:
  explicit AckInbox(std::uint32_t port) : TypedInbox(Word::kAnswers), port_(port) {}

  void Take(Bytes datagram) override {
    netlink::MessageReader reader(datagram);
    while (reader.Next()) {
      const netlink::Message& message = reader.message();
      if (message.header.nlmsg_pid != port_ || !netlink::IsEnding(message)) continue;
      Keep({.sequence = message.header.nlmsg_seq, .refusal = netlink::RefusalIn(message)});
    }
    if (reader.malformed()) Lose("a datagram holds no netlink messages");
  }

  void Refuse(std::uint32_t sequence, const Failure& failure) {
    Keep({.sequence = sequence,
          .refusal = netlink::Refusal{
              .number = failure.number, .text = failure.explanation, .offset = {}, .missing = {}}});
  }

 protected:
  napi_value RecordOf(Words& words, const Ack& ack) override {
    Record record(words);
    record.Number(Word::kSequence, ack.sequence);
    if (ack.refusal) record.Set(Word::kRefusal, RefusalRecord(words, *ack.refusal));
    return record.value();
  }

 private:
  std::uint32_t port_;
};

Napi::Function CommandSocket::Define(Napi::Env env) {
  return DefineSocket(env, "CommandSocket", {InstanceMethod("send", &CommandSocket::Send)});
}

CommandSocket::CommandSocket(const Napi::CallbackInfo& info) : LoopSocket(info) {
  const auto listener = ReadListener(info[0]);
  const auto options = ReadSocketOptions(info[1], kReceiveBuffer);
  auto socket = ValueOf(info.Env(), netlink::Socket::Open(NETLINK_GENERIC, options));
  family_ = ValueOf(info.Env(), FindPathManager(socket)).id;
  auto inbox = std::make_unique<AckInbox>(socket.port());
  acks_ = inbox.get();
  Attach(Pump::Start(listener, std::move(socket), kShape, std::move(inbox)));
}

Napi::Value CommandSocket::Send(const Napi::CallbackInfo& info) {
  if (pump().closed()) throw ErrorOf(info.Env(), {.number = EBADF, .syscall = "sendmsg"});
  const auto commands = ReadCommands(info[0]);
  const std::uint32_t first = sequence_.Reserve(static_cast<std::uint32_t>(commands.size()));
  for (std::size_t start = 0; start < commands.size(); start += kChunk) {
    // Acks are taken in between, so that a long list does not overflow a small receive buffer.
    if (start > 0) pump().Drain();
    const auto chunk =
        std::span(commands).subspan(start, std::min(kChunk, commands.size() - start));
    const std::uint32_t sequence = first + static_cast<std::uint32_t>(start);
    const auto sent = SendChunk(chunk, sequence);
    if (sent) continue;
    if (start == 0) throw ErrorOf(info.Env(), sent.error());
    // Some are carried out already: the rest is answered like them, through the listener.
    for (std::size_t i = 0; i < commands.size() - start; ++i) {
      acks_->Refuse(sequence + static_cast<std::uint32_t>(i), sent.error());
    }
    pump().WakeSoon();
    break;
  }
  return Napi::Number::New(info.Env(), first);
}

Outcome<Done> CommandSocket::SendChunk(std::span<const mptcp::Command> commands,
                                       std::uint32_t sequence) {
  buffer_.clear();
  for (const mptcp::Command& command : commands) {
    mptcp::EncodeCommand(command, family_, sequence++, buffer_);
  }
  return pump().socket().Send(buffer_);
}

}  // namespace subflowd::binding
