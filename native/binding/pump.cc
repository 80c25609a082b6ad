#include "pump.h"

#include <stdexcept>

#include "record.h"

namespace subflowd::binding {

namespace {

/** A flood must not keep the loop from anything else: it is asked again on its next turn. */
constexpr int kMaxReceives = 16;

}  // namespace

Pump::Pump(Napi::Env env, std::unique_ptr<netlink::Socket> socket, const char* source,
           const Napi::Function& listener, Decode decode)
    : env_(env),
      socket_(std::move(socket)),
      source_(source),
      listener_(Napi::Persistent(listener)),
      context_(env, "subflowd"),
      decode_(std::move(decode)) {}

void Pump::start() {
  uv_loop_t* loop = nullptr;
  napi_get_uv_event_loop(env_, &loop);
  handle_ = new Handle{{}, shared_from_this()};
  const int error = uv_poll_init(loop, &handle_->poll, socket_->fd());
  if (error != 0) {
    delete std::exchange(handle_, nullptr);
    throw netlink::Failure("uv_poll_init", -error);
  }
  handle_->poll.data = handle_;
  napi_add_async_cleanup_hook(env_, on_environment_exit, this, &handle_->hook);
  listen();
}

void Pump::listen() { uv_poll_start(&handle_->poll, UV_READABLE, on_readable); }

void Pump::close() {
  if (closed_) return;
  closed_ = true;
  listener_.Reset();
  if (handle_ == nullptr) return;
  uv_poll_stop(&handle_->poll);
  uv_close(reinterpret_cast<uv_handle_t*>(&handle_->poll), on_closed);
}

void Pump::on_closed(uv_handle_t* handle) {
  const std::unique_ptr<Handle> owned(static_cast<Handle*>(handle->data));
  owned->pump->handle_ = nullptr;
  owned->pump->socket_.reset();
  // An environment that waits for this handle may end now.
  napi_remove_async_cleanup_hook(owned->hook);
}

void Pump::on_environment_exit(napi_async_cleanup_hook_handle, void* self) {
  static_cast<Pump*>(self)->close();
}

void Pump::ref() {
  if (!closed_) uv_ref(reinterpret_cast<uv_handle_t*>(&handle_->poll));
}

void Pump::unref() {
  if (!closed_) uv_unref(reinterpret_cast<uv_handle_t*>(&handle_->poll));
}

/** An error of the socket ends the polling (libuv says UV_EBADF for any): reading it clears it. */
void Pump::on_readable(uv_poll_t* poll, int status, int) {
  const std::shared_ptr<Pump> pump = static_cast<Handle*>(poll->data)->pump;
  try {
    pump->drain();
  } catch (const Napi::Error& error) {
    napi_fatal_exception(pump->env_, error.Value());
  } catch (const std::exception& error) {
    const Napi::HandleScope scope(pump->env_);
    napi_fatal_exception(pump->env_, Napi::Error::New(pump->env_, error.what()).Value());
  }
  if (status < 0 && !pump->closed_) pump->listen();
}

void Pump::drain() {
  const Napi::HandleScope scope(env_);
  const Words words(env_);
  Napi::Array batch = Napi::Array::New(env_);
  for (int i = 0; i < kMaxReceives && take(words, batch); ++i) {
  }
  if (batch.Length() > 0) deliver(batch);
}

/** One receive; false once nothing is left. */
bool Pump::take(const Words& words, Napi::Array& batch) {
  const auto add_lost = [&](const char* reason) {
    batch.Set(batch.Length(), lost(env_, words, source_, reason));
  };
  const netlink::Received received = socket_->receive();
  if (received.lost) add_lost("the receive buffer overflowed");
  if (received.truncated) add_lost("a message was longer than the buffer");
  for (const netlink::Bytes datagram : received.datagrams) {
    const Napi::HandleScope scope(env_);
    try {
      decode_(words, datagram, batch);
    } catch (const std::invalid_argument& error) {
      add_lost(error.what());
    }
  }
  return !received.drained;
}

void Pump::deliver(const Napi::Array& batch) {
  const Napi::Object global = env_.Global();
  listener_.MakeCallback(global, {batch}, context_);
}

}  // namespace subflowd::binding
