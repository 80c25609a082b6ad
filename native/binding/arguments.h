// Values of JavaScript → structs. What cannot be taken is a TypeError that names the field.
#pragma once

#include <napi.h>

#include <string>

#include "../mptcp/command.h"
#include "../netlink/socket.h"

namespace subflowd::binding {

/** An object being read: knows what it is called in messages, such as `commands[3].local`. */
class Fields {
 public:
  Fields(const Napi::Value& value, std::string name);

  bool has(const char* key) const;
  std::string text(const char* key) const;
  /** A whole number of 0 to `max`. */
  uint32_t number(const char* key, uint32_t max = UINT32_MAX) const;
  bool boolean(const char* key) const;
  Fields object(const char* key) const;
  /** `{ address, port }` */
  mptcp::SocketAddress address(const char* key) const;
  /** An address alone, given as text. */
  mptcp::SocketAddress address_text(const char* key) const;

  [[noreturn]] void refuse(const char* key, const std::string& expected) const;

 private:
  Napi::Value get(const char* key) const;

  Napi::Object object_;
  std::string name_;
};

mptcp::Command to_command(const Napi::Value& value, const std::string& name);
mptcp::Command to_query(const Napi::Value& value, const std::string& name);
netlink::SocketOptions to_socket_options(const Napi::Value& value, uint32_t default_buffer);

}  // namespace subflowd::binding
