// The function routeDump: any dump of rtnetlink, undecoded.
#pragma once

#include <napi.h>

namespace subflowd::binding {

/// routeDump(type, body, options?): Promise<Buffer[]>
Napi::Value RouteDump(const Napi::CallbackInfo& info);

}  // namespace subflowd::binding
