// A descriptor on the event loop of an environment (main thread or worker), and the function that
// hears of it. Ends with its environment, and lives until libuv has let go of it.
#pragma once

#include <napi.h>
#include <uv.h>

#include <functional>
#include <memory>

namespace subflowd::binding {

class LoopHandle : public std::enable_shared_from_this<LoopHandle> {
 public:
  virtual ~LoopHandle() = default;
  LoopHandle(const LoopHandle&) = delete;
  LoopHandle& operator=(const LoopHandle&) = delete;

  /// May be called from the listener, and again.
  void Close();
  void Ref();
  void Unref();

  bool closed() const { return closed_; }

 protected:
  explicit LoopHandle(Napi::Function listener);

  /// `name` is what async_hooks shows. To be called once, by whoever has made the shared_ptr.
  void Open(int fd, const char* name);
  void Poll(int events);
  /// Calls the listener with what `make` returns; not at all where that is nullptr.
  void Tell(const std::function<napi_value(napi_env)>& make);

  /// The descriptor is ready; this object stays until the call has returned.
  virtual void Ready() = 0;
  /// Polling has stopped.
  virtual void Closed() {}

 private:
  Napi::Env env_;
  Napi::FunctionReference listener_;
  napi_async_context context_ = nullptr;
  napi_async_cleanup_hook_handle hook_ = nullptr;
  uv_poll_t poll_{};
  std::shared_ptr<LoopHandle> self_;  ///< as long as libuv knows the handle
  bool closed_ = false;
};

}  // namespace subflowd::binding
