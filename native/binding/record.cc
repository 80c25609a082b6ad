#include "record.h"

namespace subflowd::binding {

Record::Record(Napi::Env env, const Words& words) : env_(env), words_(words) {
  napi_create_object(env_, &object_);
}

Record& Record::put(Word key, napi_value value) {
  napi_set_property(env_, object_, words_[key], value);
  return *this;
}

Record& Record::put(Word key, uint32_t number) {
  napi_value value = nullptr;
  napi_create_uint32(env_, number, &value);
  return put(key, value);
}

Record& Record::put(Word key, int32_t number) {
  napi_value value = nullptr;
  napi_create_int32(env_, number, &value);
  return put(key, value);
}

Record& Record::put(Word key, bool boolean) {
  napi_value value = nullptr;
  napi_get_boolean(env_, boolean, &value);
  return put(key, value);
}

Record& Record::put(Word key, const std::string& text) {
  napi_value value = nullptr;
  napi_create_string_utf8(env_, text.data(), text.size(), &value);
  return put(key, value);
}

Record& Record::put(Word key, const mptcp::SocketAddress& address) {
  Record record(env_, words_);
  record.put(Word::address, mptcp::to_text(address)).put(Word::port, uint32_t{address.port});
  return put(key, record.value());
}

Record& Record::put(Word key, mptcp::Family family) {
  return put(key, words_[family == mptcp::Family::kIpv6 ? Value::kIpv6 : Value::kIpv4]);
}

napi_value to_js(Napi::Env env, const Words& words, const mptcp::Endpoint& endpoint) {
  return Record(env, words)
      .put(Word::id, uint32_t{endpoint.id})
      .put(Word::address, mptcp::to_text(endpoint.at))
      .put(Word::port, uint32_t{endpoint.at.port})
      .put(Word::flags, endpoint.flags)
      .put(Word::ifindex, endpoint.ifindex)
      .value();
}

napi_value to_js(Napi::Env env, const Words& words, const mptcp::Reply& reply, bool limits) {
  Record record(env, words);
  if (limits) {
    Record values(env, words);
    values.put(Word::subflows, reply.limits.subflows.value_or(0))
        .put(Word::addAddrAccepted, reply.limits.add_addr_accepted.value_or(0));
    return record.put(Word::limits, values.value()).value();
  }
  Napi::Array list = Napi::Array::New(env, reply.endpoints.size());
  for (uint32_t i = 0; i < reply.endpoints.size(); ++i)
    list.Set(i, to_js(env, words, reply.endpoints[i]));
  return record.put(Word::endpoints, list).value();
}

napi_value to_js(Napi::Env env, const Words& words, const netlink::Refusal& refusal) {
  Record record(env, words);
  record.put(Word::errno_, int32_t{refusal.error})
      .put(Word::code, netlink::error_name(refusal.error));
  if (!refusal.text.empty()) record.put(Word::text, refusal.text);
  if (refusal.offset) record.put(Word::offset, *refusal.offset);
  if (refusal.missing) record.put(Word::missing, *refusal.missing);
  return record.value();
}

namespace {

void put_ends(Record& record, const diag::Endpoints& ends) {
  record.put(Word::state, record.words().state(ends.state))
      .put(Word::family, ends.local.family)
      .put(Word::local, ends.local)
      .put(Word::remote, ends.remote);
}

}  // namespace

napi_value to_js(Napi::Env env, const Words& words, const diag::Connection& connection) {
  Record record(env, words);
  record.put(Word::token, connection.token);
  put_ends(record, connection.ends);
  return record.put(Word::uid, connection.ends.uid)
      .put(Word::inode, connection.ends.inode)
      .put(Word::fallback, connection.fallback)
      .value();
}

napi_value to_js(Napi::Env env, const Words& words, const diag::Subflow& subflow) {
  const auto has = [&](uint32_t bits) { return (subflow.flags & bits) != 0; };
  Record record(env, words);
  record.put(Word::token, subflow.token);
  put_ends(record, subflow.ends);
  return record.put(Word::localId, uint32_t{subflow.local_id})
      .put(Word::remoteId, uint32_t{subflow.remote_id})
      .put(Word::ifindex, subflow.ends.ifindex)
      .put(Word::uid, subflow.ends.uid)
      .put(Word::initial, has(diag::kCapableRemote | diag::kCapableLocal))
      .put(Word::initiatedHere, has(diag::kCapableLocal | diag::kJoinLocal))
      .put(Word::backupLocal, has(diag::kBackupLocal))
      .put(Word::backupRemote, has(diag::kBackupRemote))
      .put(Word::fullyEstablished, has(diag::kFullyEstablished))
      .put(Word::rtt, subflow.rtt)
      .value();
}

napi_value lost(Napi::Env env, const Words& words, const char* socket, const char* reason) {
  return Record(env, words)
      .put(Word::kind, words[Value::kLost])
      .put(Word::socket, std::string(socket))
      .put(Word::reason, std::string(reason))
      .value();
}

Napi::Error to_error(Napi::Env env, const netlink::Failure& failure) {
  Napi::Error error = Napi::Error::New(env, failure.what());
  Napi::Object object = error.Value();
  object.Set("code", netlink::error_name(failure.refusal().error));
  object.Set("errno", failure.refusal().error);
  object.Set("syscall", failure.syscall());
  if (!failure.refusal().text.empty()) object.Set("extack", failure.refusal().text);
  return error;
}

}  // namespace subflowd::binding
