// DiagSocket (src/kernel/addon.ts): looks at one socket at a time, at once.
#pragma once

#include <napi.h>

#include <memory>

#include "../netlink/transactor.h"

namespace subflowd::binding {

class DiagSocket : public Napi::ObjectWrap<DiagSocket> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit DiagSocket(const Napi::CallbackInfo& info);

 private:
  Napi::Value subflow(const Napi::CallbackInfo& info);
  Napi::Value connection(const Napi::CallbackInfo& info);
  void close(const Napi::CallbackInfo& info);
  netlink::Transactor& open(Napi::Env env);

  std::unique_ptr<netlink::Transactor> transactor_;
};

}  // namespace subflowd::binding
