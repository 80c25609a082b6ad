// The function diagSnapshot: all connections and subflows of a namespace.
#pragma once

#include <napi.h>

namespace subflowd::binding {

/// diagSnapshot(options?): Promise<DiagSnapshot>
Napi::Value DiagSnapshot(const Napi::CallbackInfo& info);

}  // namespace subflowd::binding
