// Never keeps the process alive: that is for the sockets that bring events.
#include "binding/listener.h"

#include <uv.h>

#include <utility>

#include "binding/errors.h"
#include "binding/fields.h"
#include "binding/options.h"
#include "binding/require.h"
#include "socket/listener.h"

namespace subflowd::binding {
namespace {

/// So that a flood cannot starve the rest of the loop: what is left wakes us again.
constexpr std::size_t kResetsPerWake = 256;

}  // namespace

/// The listening socket on the event loop; lives until libuv has let go of it.
class Doorkeeper : public std::enable_shared_from_this<Doorkeeper> {
 public:
  Doorkeeper(Napi::Function on_reset, FileDescriptor socket)
      : env_(on_reset.Env()), socket_(std::move(socket)) {
    on_reset_ = Napi::Persistent(on_reset);
  }

  void Open() {
    uv_loop_t* loop;
    Require(napi_get_uv_event_loop(env_, &loop));
    if (const int error = ::uv_poll_init(loop, &poll_, socket_.get()); error < 0) {
      throw ErrorOf(env_, {.number = -error, .syscall = "uv_poll_init"});
    }
    poll_.data = this;
    self_ = shared_from_this();
    const auto on_teardown = [](napi_async_cleanup_hook_handle, void* doorkeeper) {
      static_cast<Doorkeeper*>(doorkeeper)->Close();
    };
    napi_add_async_cleanup_hook(env_, on_teardown, this, &hook_);
    napi_async_init(env_, nullptr, Napi::String::New(env_, "SUBFLOWD_LISTENER"), &context_);
    ::uv_unref(reinterpret_cast<uv_handle_t*>(&poll_));
    ::uv_poll_start(&poll_, UV_READABLE, [](uv_poll_t* poll, int, int) {
      static_cast<Doorkeeper*>(poll->data)->Wake();
    });
  }

  /// At once, so that whoever binds next finds the port free.
  void Close() {
    if (std::exchange(closed_, true)) return;
    on_reset_.Reset();
    if (context_ != nullptr) napi_async_destroy(env_, context_);
    ::uv_poll_stop(&poll_);
    socket_ = FileDescriptor();
    ::uv_close(reinterpret_cast<uv_handle_t*>(&poll_), [](uv_handle_t* handle) {
      auto* const doorkeeper = static_cast<Doorkeeper*>(handle->data);
      if (doorkeeper->hook_ != nullptr) napi_remove_async_cleanup_hook(doorkeeper->hook_);
      doorkeeper->self_.reset();
    });
  }

 private:
  void Wake() {
    const auto self = shared_from_this();  // the callback may close
    if (const std::size_t count = ResetWaiting(socket_.get(), kResetsPerWake)) Tell(count);
  }

  void Tell(std::size_t count) {
    napi_handle_scope scope;
    if (napi_open_handle_scope(env_, &scope) != napi_ok) return;
    try {
      napi_value receiver;
      napi_value number;
      Require(napi_get_global(env_, &receiver));
      Require(napi_create_uint32(env_, static_cast<std::uint32_t>(count), &number));
      Require(napi_make_callback(env_, context_, receiver, on_reset_.Value(), 1, &number, nullptr));
    } catch (const CallFailed&) {
      ReportUncaught(env_);
    }
    napi_close_handle_scope(env_, scope);
  }

  Napi::Env env_;
  FileDescriptor socket_;
  Napi::FunctionReference on_reset_;
  napi_async_context context_ = nullptr;
  napi_async_cleanup_hook_handle hook_ = nullptr;
  uv_poll_t poll_{};
  std::shared_ptr<Doorkeeper> self_;  ///< as long as libuv knows the handle
  bool closed_ = false;
};

Napi::Function Listener::Define(Napi::Env env) {
  return DefineClass(env, "Listener", {InstanceMethod("close", &Listener::Close)});
}

Listener::Listener(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  const auto on_reset = ReadListener(info[0]);
  const Path path("options");
  Words words(info.Env());
  Fields fields(words, info[1], path);
  const auto at = fields.Socket(Word::kBind);
  const auto ifindex = fields.Positive(Word::kIfindex);
  const std::string netns = fields.Has(Word::kNetns) ? fields.Text(Word::kNetns) : "";
  doorkeeper_ =
      std::make_shared<Doorkeeper>(on_reset, ValueOf(info.Env(), OpenListener(at, ifindex, netns)));
  doorkeeper_->Open();
  this->Ref();  // the port stays taken until it is closed
}

void Listener::Close(const Napi::CallbackInfo&) {
  if (!doorkeeper_) return;
  std::exchange(doorkeeper_, nullptr)->Close();
  this->Unref();
}

}  // namespace subflowd::binding
