// The function query: what the path manager can be asked.
#pragma once

#include <napi.h>

namespace subflowd::binding {

/// query(queries, options?): Promise<PathManagerReply[]>
Napi::Value Query(const Napi::CallbackInfo& info);

}  // namespace subflowd::binding
