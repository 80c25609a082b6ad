// The class Listener: holds an announced address and port open, and resets whoever is no join.
#pragma once

#include <napi.h>

#include <memory>

namespace subflowd::binding {

class Doorkeeper;

class Listener : public Napi::ObjectWrap<Listener> {
 public:
  static Napi::Function Define(Napi::Env env);

  /// new Listener(onReset, { bind, ifindex, netns? })
  explicit Listener(const Napi::CallbackInfo& info);

 private:
  void Close(const Napi::CallbackInfo& info);

  std::shared_ptr<Doorkeeper> doorkeeper_;
};

}  // namespace subflowd::binding
