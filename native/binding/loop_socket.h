// What the socket classes have in common for JavaScript: receiveBuffer, ref, unref, close.
#pragma once

#include <napi.h>

#include <memory>
#include <vector>

#include "arguments.h"
#include "pump.h"
#include "record.h"

namespace subflowd::binding {

/** Runs `body`; a Failure becomes the Error that src/kernel/addon.ts describes. */
template <typename Body>
auto or_throw(Napi::Env env, const Body& body) {
  try {
    return body();
  } catch (const netlink::Failure& failure) {
    throw to_error(env, failure);
  }
}

template <typename Self>
class LoopSocket : public Napi::ObjectWrap<Self> {
 public:
  explicit LoopSocket(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Self>(info) {}
  ~LoopSocket() override {
    if (pump_) pump_->close();
  }

 protected:
  using Property = Napi::ClassPropertyDescriptor<Self>;

  static std::vector<Property> with_common(std::vector<Property> properties) {
    properties.push_back(Self::InstanceMethod("ref", &Self::ref));
    properties.push_back(Self::InstanceMethod("unref", &Self::unref));
    properties.push_back(Self::InstanceMethod("close", &Self::close));
    properties.push_back(Self::InstanceAccessor("receiveBuffer", &Self::receive_buffer, nullptr));
    return properties;
  }

  void start(std::shared_ptr<Pump> pump) {
    pump_ = std::move(pump);
    pump_->start();
    this->Ref();  // open sockets are not garbage
  }

  std::shared_ptr<Pump> pump_;

 public:
  void ref(const Napi::CallbackInfo&) { pump_->ref(); }
  void unref(const Napi::CallbackInfo&) { pump_->unref(); }

  void close(const Napi::CallbackInfo&) {
    if (pump_->closed()) return;
    pump_->close();
    this->Unref();
  }

  Napi::Value receive_buffer(const Napi::CallbackInfo& info) {
    return Napi::Number::New(info.Env(), pump_->closed() ? 0 : pump_->socket().receive_buffer());
  }
};

/** The listener that every socket's constructor takes first. */
inline Napi::Function to_listener(const Napi::CallbackInfo& info) {
  if (info[0].IsFunction()) return info[0].As<Napi::Function>();
  throw Napi::TypeError::New(info.Env(), "listener: a function is needed");
}

}  // namespace subflowd::binding
