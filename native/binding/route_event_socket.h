// The class RouteEventSocket: a member of groups of rtnetlink. Its messages are decoded in
// JavaScript.
#pragma once

#include "binding/loop_socket.h"

namespace subflowd::binding {

class RouteEventSocket : public LoopSocket<RouteEventSocket> {
 public:
  static Napi::Function Define(Napi::Env env);

  /// new RouteEventSocket(listener, groups, options?)
  explicit RouteEventSocket(const Napi::CallbackInfo& info);
};

}  // namespace subflowd::binding
