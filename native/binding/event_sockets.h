// PathManagerEventSocket and RouteEventSocket (src/kernel/addon.ts).
#pragma once

#include "loop_socket.h"

namespace subflowd::binding {

class PathManagerEventSocket : public LoopSocket<PathManagerEventSocket> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit PathManagerEventSocket(const Napi::CallbackInfo& info);
};

class RouteEventSocket : public LoopSocket<RouteEventSocket> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit RouteEventSocket(const Napi::CallbackInfo& info);
};

}  // namespace subflowd::binding
