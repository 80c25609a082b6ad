// query, diagSnapshot and routeDump (src/kernel/addon.ts): what waits for replies does so on a thread of the pool.
#pragma once

#include <napi.h>

namespace subflowd::binding {

Napi::Value query(const Napi::CallbackInfo& info);
Napi::Value diag_snapshot(const Napi::CallbackInfo& info);
Napi::Value route_dump(const Napi::CallbackInfo& info);

}  // namespace subflowd::binding
