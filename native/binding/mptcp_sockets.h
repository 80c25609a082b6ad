// Functions on MPTCP sockets, which JavaScript holds as file descriptors.
#pragma once

#include <napi.h>

namespace subflowd::binding {

/// openMptcpSocket(options): number
Napi::Value OpenMptcpSocket(const Napi::CallbackInfo& info);
/// connectionToken(fd): number | undefined
Napi::Value ConnectionToken(const Napi::CallbackInfo& info);
/// closeDescriptor(fd): void
void CloseDescriptor(const Napi::CallbackInfo& info);

}  // namespace subflowd::binding
