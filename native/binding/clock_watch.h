// The class ClockWatch: hears when the wall clock is set, and when the machine resumes from
// suspend.
#pragma once

#include <napi.h>

#include <memory>

namespace subflowd::binding {

class ClockAlarm;

class ClockWatch : public Napi::ObjectWrap<ClockWatch> {
 public:
  static Napi::Function Define(Napi::Env env);

  /// new ClockWatch(listener)
  explicit ClockWatch(const Napi::CallbackInfo& info);

 private:
  void Close(const Napi::CallbackInfo& info);

  std::shared_ptr<ClockAlarm> alarm_;
};

}  // namespace subflowd::binding
