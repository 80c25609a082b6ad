// The class PathManagerEventSocket: a member of `mptcp_pm_events`.
#pragma once

#include "binding/loop_socket.h"

namespace subflowd::binding {

class PathManagerEventSocket : public LoopSocket<PathManagerEventSocket> {
 public:
  static Napi::Function Define(Napi::Env env);

  /// new PathManagerEventSocket(listener, options?)
  explicit PathManagerEventSocket(const Napi::CallbackInfo& info);
};

}  // namespace subflowd::binding
