#include "binding/loop_handle.h"

#include <utility>

#include "binding/errors.h"
#include "binding/require.h"

namespace subflowd::binding {

LoopHandle::LoopHandle(Napi::Function listener)
    : env_(listener.Env()), listener_(Napi::Persistent(listener)) {}

void LoopHandle::Open(int fd, const char* name) {
  uv_loop_t* loop;
  Require(napi_get_uv_event_loop(env_, &loop));
  if (const int error = ::uv_poll_init(loop, &poll_, fd); error < 0) {
    throw ErrorOf(env_, {.number = -error, .syscall = "uv_poll_init"});
  }
  poll_.data = this;
  self_ = shared_from_this();
  const auto on_teardown = [](napi_async_cleanup_hook_handle, void* handle) {
    static_cast<LoopHandle*>(handle)->Close();
  };
  napi_add_async_cleanup_hook(env_, on_teardown, this, &hook_);
  napi_async_init(env_, nullptr, Napi::String::New(env_, name), &context_);
  Poll(UV_READABLE);
}

void LoopHandle::Poll(int events) {
  if (closed_) return;
  ::uv_poll_start(&poll_, events, [](uv_poll_t* poll, int, int) {
    const auto self = static_cast<LoopHandle*>(poll->data)->shared_from_this();
    self->Ready();
  });
}

void LoopHandle::Tell(const std::function<napi_value(napi_env)>& make) {
  napi_handle_scope scope;
  if (napi_open_handle_scope(env_, &scope) != napi_ok) return;
  try {
    if (napi_value told = make(env_)) {
      napi_value receiver;
      Require(napi_get_global(env_, &receiver));
      Require(napi_make_callback(env_, context_, receiver, listener_.Value(), 1, &told, nullptr));
    }
  } catch (const CallFailed&) {
    ReportUncaught(env_);
  }
  napi_close_handle_scope(env_, scope);
}

void LoopHandle::Close() {
  if (std::exchange(closed_, true)) return;
  listener_.Reset();
  if (context_ != nullptr) napi_async_destroy(env_, context_);
  ::uv_poll_stop(&poll_);
  Closed();
  ::uv_close(reinterpret_cast<uv_handle_t*>(&poll_), [](uv_handle_t* uv) {
    auto* const handle = static_cast<LoopHandle*>(uv->data);
    if (handle->hook_ != nullptr) napi_remove_async_cleanup_hook(handle->hook_);
    handle->self_.reset();
  });
}

void LoopHandle::Ref() {
  if (!closed_) ::uv_ref(reinterpret_cast<uv_handle_t*>(&poll_));
}

void LoopHandle::Unref() {
  if (!closed_) ::uv_unref(reinterpret_cast<uv_handle_t*>(&poll_));
}

}  // namespace subflowd::binding
