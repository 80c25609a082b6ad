// The function family: what the kernel says of `mptcp_pm` itself.
#pragma once

#include <napi.h>

namespace subflowd::binding {

/// family(options?): Promise<FamilyDescription>
Napi::Value DescribeFamily(const Napi::CallbackInfo& info);

}  // namespace subflowd::binding
