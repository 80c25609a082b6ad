// The arguments that several exports share.
#pragma once

#include <napi.h>

#include "netlink/socket.h"

namespace subflowd::binding {

/// SocketOptions; `receive_buffer` where they name none.
netlink::SocketOptions ReadSocketOptions(const Napi::Value& value, int receive_buffer);

/// Throws a TypeError where `value` is no function.
Napi::Function ReadListener(const Napi::Value& value);

}  // namespace subflowd::binding
