// Events of mptcp_pm → KernelEvent (src/model/event.ts).

#include "record.h"

namespace subflowd::binding {

namespace {

using mptcp::Event;
using mptcp::EventType;

Value kind_of(EventType type) {
  switch (type) {
    case EventType::kCreated:
      return Value::kCreated;
    case EventType::kEstablished:
      return Value::kEstablished;
    case EventType::kClosed:
      return Value::kClosed;
    case EventType::kAnnounced:
      return Value::kAnnounced;
    case EventType::kRemoved:
      return Value::kRemoved;
    case EventType::kSubEstablished:
      return Value::kSubEstablished;
    case EventType::kSubClosed:
      return Value::kSubClosed;
    case EventType::kSubPriority:
      return Value::kSubPriority;
    case EventType::kListenerCreated:
      return Value::kListenerCreated;
    case EventType::kListenerClosed:
      return Value::kListenerClosed;
  }
  return Value::kUnknown;
}

void put_connection(Record& record, const Event& event) {
  record.put(Word::token, *event.token)
      .put(Word::family, event.family.value_or(event.local->family))
      .put(Word::local, *event.local)
      .put(Word::remote, *event.remote);
}

void put_subflow(Record& record, const Event& event) {
  put_connection(record, event);
  record.put(Word::localId, uint32_t{event.local_id})
      .put(Word::remoteId, uint32_t{event.remote_id})
      .put(Word::backup, event.backup)
      .put(Word::ifindex, event.ifindex)
      .put(Word::error, uint32_t{event.error});
  if (event.reset_reason) record.put(Word::resetReason, *event.reset_reason);
  if (event.reset_flags) record.put(Word::resetFlags, *event.reset_flags);
}

void put_unknown(Napi::Env env, Record& record, const Event& event) {
  Napi::Object map = env.Global().Get("Map").As<Napi::Function>().New({});
  const auto set = map.Get("set").As<Napi::Function>();
  for (const auto& [type, value] : event.raw)
    set.Call(map, {Napi::Number::New(env, type),
                   Napi::Buffer<uint8_t>::Copy(env, value.data(), value.size())});
  record.put(Word::command, uint32_t{event.type}).put(Word::attributes, map);
}

}  // namespace

napi_value to_js(Napi::Env env, const Words& words, const Event& event) {
  Record record(env, words);
  const Value kind = kind_of(static_cast<EventType>(event.type));
  record.put(Word::kind, words[kind]);
  switch (kind) {
    case Value::kCreated:
    case Value::kEstablished:
      put_connection(record, event);
      record.put(Word::serverSide, event.server_side).put(Word::denyJoinId0, event.deny_join_id0);
      break;
    case Value::kSubEstablished:
    case Value::kSubClosed:
    case Value::kSubPriority:
      put_subflow(record, event);
      break;
    case Value::kClosed:
      record.put(Word::token, *event.token);
      break;
    case Value::kAnnounced:
      record.put(Word::token, *event.token)
          .put(Word::remoteId, uint32_t{event.remote_id})
          .put(Word::remote, *event.remote);
      break;
    case Value::kRemoved:
      record.put(Word::token, *event.token).put(Word::remoteId, uint32_t{event.remote_id});
      break;
    case Value::kListenerCreated:
    case Value::kListenerClosed:
      record.put(Word::family, event.family.value_or(event.local->family))
          .put(Word::local, *event.local);
      break;
    default:
      put_unknown(env, record, event);
  }
  return record.value();
}

}  // namespace subflowd::binding
