// The function attributeOf: which attribute of a command a refusal is about.
#pragma once

#include <napi.h>

namespace subflowd::binding {

/// attributeOf(command, refusal): string | undefined
Napi::Value AttributeOf(const Napi::CallbackInfo& info);

}  // namespace subflowd::binding
