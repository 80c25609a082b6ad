// A timer that never expires, and that the kernel cancels at every jump of the wall clock: a resume
// is one, too (timerfd_create(2), TFD_TIMER_CANCEL_ON_SET; timerfd_resume in fs/timerfd.c). Nothing
// has to look at the time.
#include "binding/clock_watch.h"

#include <sys/timerfd.h>

#include <cerrno>
#include <utility>

#include "binding/errors.h"
#include "binding/loop_handle.h"
#include "binding/options.h"
#include "binding/require.h"
#include "netlink/file_descriptor.h"

namespace subflowd::binding {
namespace {

/// In the year 2242.
constexpr time_t kNever = time_t{1} << 33;

Outcome<FileDescriptor> OpenTimer() {
  FileDescriptor timer(::timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK));
  if (!timer) return FailWithErrno("timerfd_create");
  const itimerspec never{.it_interval = {}, .it_value = {.tv_sec = kNever, .tv_nsec = 0}};
  const int flags = TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET;
  if (::timerfd_settime(timer.get(), flags, &never, nullptr) < 0) {
    return FailWithErrno("timerfd_settime");
  }
  return timer;
}

}  // namespace

class ClockAlarm : public LoopHandle {
 public:
  static std::shared_ptr<ClockAlarm> Start(Napi::Function listener, FileDescriptor timer) {
    std::shared_ptr<ClockAlarm> alarm(new ClockAlarm(listener, std::move(timer)));
    alarm->Open(alarm->timer_.get(), "SUBFLOWD_CLOCK");
    alarm->Unref();
    return alarm;
  }

 private:
  ClockAlarm(Napi::Function listener, FileDescriptor timer)
      : LoopHandle(listener), timer_(std::move(timer)) {}

  void Ready() override {
    std::uint64_t expirations;
    if (::read(timer_.get(), &expirations, sizeof expirations) >= 0 || errno != ECANCELED) return;
    Tell([](napi_env env) {
      napi_value nothing;
      Require(napi_get_undefined(env, &nothing));
      return nothing;
    });
  }

  FileDescriptor timer_;
};

Napi::Function ClockWatch::Define(Napi::Env env) {
  return DefineClass(env, "ClockWatch", {InstanceMethod("close", &ClockWatch::Close)});
}

ClockWatch::ClockWatch(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  alarm_ = ClockAlarm::Start(ReadListener(info[0]), ValueOf(info.Env(), OpenTimer()));
  this->Ref();  // it is heard until it is closed
}

void ClockWatch::Close(const Napi::CallbackInfo&) {
  if (!alarm_) return;
  std::exchange(alarm_, nullptr)->Close();
  this->Unref();
}

}  // namespace subflowd::binding
