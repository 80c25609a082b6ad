// Each datagram is one event.
#include "binding/path_manager_event_socket.h"

#include <linux/netlink.h>

#include "binding/errors.h"
#include "binding/event_record.h"
#include "binding/fields.h"
#include "binding/inbox.h"
#include "binding/options.h"
#include "binding/path_manager_family.h"
#include "mptcp/decode_event.h"
#include "netlink/message.h"

namespace subflowd::binding {
namespace {

/// Room for about 160,000 events: several seconds of the most that a kernel was seen to send.
constexpr int kReceiveBuffer = 64 << 20;
/// Events have up to 100 bytes today.
constexpr netlink::Receiver::Shape kShape{.slots = 64, .size = 2048};

class EventInbox : public TypedInbox<mptcp::Event> {
 public:
  EventInbox(std::uint16_t family, bool raw)
      : TypedInbox(Word::kMptcpPm), family_(family), raw_(raw) {}

  void Take(Bytes datagram) override {
    netlink::MessageReader reader(datagram);
    while (reader.Next()) {
      if (reader.message().header.nlmsg_type == family_) TakeEvent(reader.message());
    }
    if (reader.malformed()) Lose("a datagram holds no netlink messages");
  }

 protected:
  napi_value RecordOf(Words& words, const mptcp::Event& event) override {
    return ToRecord(words, event);
  }

 private:
  void TakeEvent(const netlink::Message& message) {
    const auto generic = netlink::ReadGeneric(message);
    if (!generic) return Lose("an event is cut off");
    auto event = Decode(*generic);
    if (event) return Keep(*std::move(event));
    Lose("event " + std::to_string(generic->command) + ": " + event.error().reason);
  }

  netlink::Decoded<mptcp::Event> Decode(const netlink::GenericMessage& from) const {
    if (!raw_) return mptcp::DecodeEvent(from.command, from.attributes);
    auto event = mptcp::DecodeRawEvent(from.command, from.attributes);
    if (!event) return Unexpected{event.error()};
    return mptcp::Event(*std::move(event));
  }

  std::uint16_t family_;
  bool raw_;
};

bool IsRaw(const Napi::Value& options) {
  if (options.IsUndefined()) return false;
  const Path path("options");
  Words words(options.Env());
  Fields fields(words, options, path);
  return fields.Has(Word::kRaw) && fields.Boolean(Word::kRaw);
}

}  // namespace

Napi::Function PathManagerEventSocket::Define(Napi::Env env) {
  return DefineSocket(env, "PathManagerEventSocket");
}

PathManagerEventSocket::PathManagerEventSocket(const Napi::CallbackInfo& info) : LoopSocket(info) {
  const auto listener = ReadListener(info[0]);
  const auto options = ReadSocketOptions(info[1], kReceiveBuffer);
  auto socket = ValueOf(info.Env(), netlink::Socket::Open(NETLINK_GENERIC, options));
  const auto family = ValueOf(info.Env(), FindPathManager(socket));
  ValueOf(info.Env(), JoinEvents(socket, family));
  Attach(Pump::Start(listener, std::move(socket), kShape,
                     std::make_unique<EventInbox>(family.id, IsRaw(info[1]))));
}

}  // namespace subflowd::binding
