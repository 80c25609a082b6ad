// One function for each shape of event. New events go here, and into mptcp/event.h.
#include "binding/event_record.h"

#include "binding/record.h"

namespace subflowd::binding {
namespace {

Word KindOf(mptcp::EventNumber number) {
  switch (number) {
    case mptcp::kEventCreated:
      return Word::kCreated;
    case mptcp::kEventEstablished:
      return Word::kEstablished;
    case mptcp::kEventClosed:
      return Word::kClosed;
    case mptcp::kEventAnnounced:
      return Word::kAnnounced;
    case mptcp::kEventRemoved:
      return Word::kRemoved;
    case mptcp::kEventSubEstablished:
      return Word::kSubEstablished;
    case mptcp::kEventSubClosed:
      return Word::kSubClosed;
    case mptcp::kEventSubPriority:
      return Word::kSubPriority;
    case mptcp::kEventListenerCreated:
      return Word::kListenerCreated;
    case mptcp::kEventListenerClosed:
      return Word::kListenerClosed;
  }
  return Word::kUnknown;
}

/// `new Map()` with the attributes' numbers and bytes.
Napi::Value MapOf(Napi::Env env, const std::map<std::uint16_t, std::vector<std::byte>>& from) {
  const auto map = env.Global().Get("Map").As<Napi::Function>().New({});
  const auto set = map.Get("set").As<Napi::Function>();
  for (const auto& [type, payload] : from) {
    auto bytes = Napi::Uint8Array::New(env, payload.size());
    std::copy(payload.begin(), payload.end(), reinterpret_cast<std::byte*>(bytes.Data()));
    set.Call(map, {Napi::Number::New(env, type), bytes});
  }
  return map;
}

class Converter {
 public:
  explicit Converter(Words& words) : words_(words) {}

  napi_value operator()(const mptcp::ConnectionOpened& event) {
    return Begin(event.number)
        .Number(Word::kToken, event.token)
        .FamilyName(event.local.address.family)
        .Socket(Word::kLocal, event.local)
        .Socket(Word::kRemote, event.remote)
        .Boolean(Word::kServerSide, event.server_side)
        .Boolean(Word::kDenyJoinId0, event.deny_join_id0)
        .value();
  }

  napi_value operator()(const mptcp::ConnectionClosed& event) {
    return Begin(mptcp::kEventClosed).Number(Word::kToken, event.token).value();
  }

  napi_value operator()(const mptcp::AddressAnnounced& event) {
    return Begin(mptcp::kEventAnnounced)
        .Number(Word::kToken, event.token)
        .Number(Word::kRemoteId, event.remote_id)
        .Socket(Word::kRemote, event.remote)
        .value();
  }

  napi_value operator()(const mptcp::AddressRemoved& event) {
    return Begin(mptcp::kEventRemoved)
        .Number(Word::kToken, event.token)
        .Number(Word::kRemoteId, event.remote_id)
        .value();
  }

  napi_value operator()(const mptcp::SubflowChanged& event) {
    Record record = Begin(event.number);
    record.Number(Word::kToken, event.token)
        .FamilyName(event.local.address.family)
        .Socket(Word::kLocal, event.local)
        .Socket(Word::kRemote, event.remote)
        .Number(Word::kLocalId, event.local_id)
        .Number(Word::kRemoteId, event.remote_id)
        .Boolean(Word::kBackup, event.backup)
        .Number(Word::kIfindex, event.ifindex)
        .Number(Word::kError, event.error);
    if (event.reset_reason) record.Number(Word::kResetReason, *event.reset_reason);
    if (event.reset_flags) record.Number(Word::kResetFlags, *event.reset_flags);
    return record.value();
  }

  napi_value operator()(const mptcp::ListenerChanged& event) {
    return Begin(event.number)
        .FamilyName(event.local.address.family)
        .Socket(Word::kLocal, event.local)
        .value();
  }

  napi_value operator()(const mptcp::UnknownEvent& event) {
    return Record(words_)
        .Name(Word::kKind, Word::kUnknown)
        .Number(Word::kCommand, event.number)
        .Set(Word::kAttributes, MapOf(words_.env(), event.attributes))
        .value();
  }

 private:
  Record Begin(mptcp::EventNumber number) {
    Record record(words_);
    record.Name(Word::kKind, KindOf(number));
    return record;
  }

  Words& words_;
};

}  // namespace

napi_value ToRecord(Words& words, const mptcp::Event& event) {
  return std::visit(Converter(words), event);
}

}  // namespace subflowd::binding
