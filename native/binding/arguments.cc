#include "arguments.h"

namespace subflowd::binding {

using mptcp::Operation;

Fields::Fields(const Napi::Value& value, std::string name) : name_(std::move(name)) {
  if (!value.IsObject()) throw Napi::TypeError::New(value.Env(), name_ + ": an object is needed");
  object_ = value.As<Napi::Object>();
}

void Fields::refuse(const char* key, const std::string& expected) const {
  throw Napi::TypeError::New(object_.Env(), name_ + "." + key + ": " + expected + " is needed");
}

Napi::Value Fields::get(const char* key) const { return object_.Get(key); }

bool Fields::has(const char* key) const { return !get(key).IsUndefined(); }

std::string Fields::text(const char* key) const {
  const Napi::Value value = get(key);
  if (!value.IsString()) refuse(key, "a string");
  return value.As<Napi::String>();
}

uint32_t Fields::number(const char* key, uint32_t max) const {
  const Napi::Value value = get(key);
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : -1;
  const auto whole = number >= 0 && number <= max ? static_cast<uint32_t>(number) : 0;
  if (number < 0 || number > max || whole != number)
    refuse(key, "a whole number of 0 to " + std::to_string(max));
  return whole;
}

bool Fields::boolean(const char* key) const {
  const Napi::Value value = get(key);
  if (!value.IsBoolean()) refuse(key, "true or false");
  return value.As<Napi::Boolean>();
}

Fields Fields::object(const char* key) const { return {get(key), name_ + "." + key}; }

mptcp::SocketAddress Fields::address_text(const char* key) const {
  const auto address = mptcp::from_text(text(key), 0);
  if (!address) refuse(key, "an IP address");
  return *address;
}

mptcp::SocketAddress Fields::address(const char* key) const {
  const Fields fields = object(key);
  mptcp::SocketAddress address = fields.address_text("address");
  address.port = static_cast<uint16_t>(fields.number("port", UINT16_MAX));
  return address;
}

namespace {

mptcp::Endpoint to_endpoint(const Fields& fields) {
  mptcp::Endpoint endpoint{fields.address_text("address"),
                           static_cast<uint8_t>(fields.number("id", UINT8_MAX)),
                           fields.number("flags"),
                           static_cast<int32_t>(fields.number("ifindex", INT32_MAX))};
  endpoint.at.port = static_cast<uint16_t>(fields.number("port", UINT16_MAX));
  return endpoint;
}

/** The local end of `announce` and `subflow-create`. */
mptcp::Endpoint to_local(const Fields& fields, uint32_t flags) {
  return {fields.address("local"), static_cast<uint8_t>(fields.number("localId", UINT8_MAX)), flags,
          static_cast<int32_t>(fields.number("ifindex", INT32_MAX))};
}

mptcp::Command del_addr(const Fields& fields) {
  mptcp::Command command{.operation = Operation::kDelAddr};
  command.local.emplace();
  if (fields.has("address")) command.local->at = fields.address_text("address");
  command.local->id = static_cast<uint8_t>(fields.number("id", UINT8_MAX));
  return command;
}

mptcp::Command set_limits(const Fields& fields) {
  mptcp::Command command{.operation = Operation::kSetLimits};
  if (fields.has("subflows")) command.limits.subflows = fields.number("subflows");
  if (fields.has("addAddrAccepted"))
    command.limits.add_addr_accepted = fields.number("addAddrAccepted");
  return command;
}

mptcp::Command set_flags(const Fields& fields) {
  mptcp::Command command{.operation = Operation::kSetFlags};
  if (!fields.has("token")) {
    command.local = to_endpoint(fields.object("endpoint"));
    return command;
  }
  command.token = fields.number("token");
  command.local = mptcp::Endpoint{fields.address("local"), 0, fields.number("flags"), 0};
  command.remote = fields.address("remote");
  return command;
}

mptcp::Command with_token(const Fields& fields, Operation operation) {
  mptcp::Command command{.operation = operation};
  command.token = fields.number("token");
  switch (operation) {
    case Operation::kAnnounce:
      command.local = to_local(fields, mptcp::kFlagSignal);
      break;
    case Operation::kRemove:
      command.local_id = static_cast<uint8_t>(fields.number("localId", UINT8_MAX));
      break;
    case Operation::kSubflowCreate:
      command.local = to_local(fields, fields.boolean("backup") ? mptcp::kFlagBackup : 0);
      command.remote = fields.address("remote");
      break;
    default:
      command.local = mptcp::Endpoint{fields.address("local"), 0, 0, 0};
      command.remote = fields.address("remote");
  }
  return command;
}

}  // namespace

mptcp::Command to_command(const Napi::Value& value, const std::string& name) {
  const Fields fields(value, name);
  const std::string kind = fields.text("kind");
  if (kind == "subflow-create") return with_token(fields, Operation::kSubflowCreate);
  if (kind == "subflow-destroy") return with_token(fields, Operation::kSubflowDestroy);
  if (kind == "remove") return with_token(fields, Operation::kRemove);
  if (kind == "announce") return with_token(fields, Operation::kAnnounce);
  if (kind == "set-flags") return set_flags(fields);
  if (kind == "add-addr") {
    mptcp::Command command{.operation = Operation::kAddAddr};
    command.local = to_endpoint(fields.object("endpoint"));
    return command;
  }
  if (kind == "del-addr") return del_addr(fields);
  if (kind == "flush-addrs") return {.operation = Operation::kFlushAddrs};
  if (kind == "set-limits") return set_limits(fields);
  fields.refuse("kind", "a command of mptcp_pm, not '" + kind + "',");
}

mptcp::Command to_query(const Napi::Value& value, const std::string& name) {
  const Fields fields(value, name);
  const std::string kind = fields.text("kind");
  if (kind == "get-limits") return {.operation = Operation::kGetLimits};
  mptcp::Command query{.operation = Operation::kGetAddr};
  if (kind == "dump-addr") {
    query.dump = true;
  } else if (kind == "get-addr") {
    query.local.emplace();
    query.local->id = static_cast<uint8_t>(fields.number("id", UINT8_MAX));
  } else {
    fields.refuse("kind", "get-addr, dump-addr or get-limits, not '" + kind + "',");
  }
  if (fields.has("token")) query.token = fields.number("token");
  return query;
}

netlink::SocketOptions to_socket_options(const Napi::Value& value, uint32_t default_buffer) {
  netlink::SocketOptions options{{}, default_buffer};
  if (value.IsUndefined()) return options;
  const Fields fields(value, "options");
  if (fields.has("netns")) options.netns = fields.text("netns");
  if (fields.has("receiveBuffer")) options.receive_buffer = fields.number("receiveBuffer");
  return options;
}

}  // namespace subflowd::binding
