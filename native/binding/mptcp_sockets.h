// openMptcpSocket, connectionToken and closeDescriptor (src/kernel/addon.ts).
#pragma once

#include <napi.h>

namespace subflowd::binding {

Napi::Value open_mptcp_socket(const Napi::CallbackInfo& info);
Napi::Value connection_token(const Napi::CallbackInfo& info);
void close_descriptor(const Napi::CallbackInfo& info);

}  // namespace subflowd::binding
