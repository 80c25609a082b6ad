// What the classes have in common whose objects are sockets on the event loop.
#pragma once

#include <napi.h>

#include <memory>
#include <utility>
#include <vector>

#include "binding/pump.h"

namespace subflowd::binding {

template <typename Derived>
class LoopSocket : public Napi::ObjectWrap<Derived> {
 public:
  using Base = Napi::ObjectWrap<Derived>;
  using Properties = std::vector<typename Base::PropertyDescriptor>;

  explicit LoopSocket(const Napi::CallbackInfo& info) : Base(info) {}

 protected:
  static Napi::Function DefineSocket(Napi::Env env, const char* name, Properties own = {}) {
    own.push_back(Base::InstanceAccessor("receiveBuffer", &Derived::ReceiveBuffer, nullptr));
    own.push_back(Base::InstanceMethod("ref", &Derived::RefLoop));
    own.push_back(Base::InstanceMethod("unref", &Derived::UnrefLoop));
    own.push_back(Base::InstanceMethod("close", &Derived::CloseSocket));
    return Base::DefineClass(env, name, own);
  }

  /// From now on the object stays, until it is closed.
  void Attach(std::shared_ptr<Pump> pump) {
    pump_ = std::move(pump);
    this->Ref();
  }

  Pump& pump() { return *pump_; }

 private:
  Napi::Value ReceiveBuffer(const Napi::CallbackInfo& info) {
    return Napi::Number::New(info.Env(), pump_->socket().receive_buffer());
  }
  void RefLoop(const Napi::CallbackInfo&) { pump_->Ref(); }
  void UnrefLoop(const Napi::CallbackInfo&) { pump_->Unref(); }
  void CloseSocket(const Napi::CallbackInfo&) {
    if (pump_->closed()) return;
    pump_->Close();
    this->Unref();
  }

  std::shared_ptr<Pump> pump_;
};

}  // namespace subflowd::binding
