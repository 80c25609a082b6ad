// libuv stops polling a socket that has an error, and a netlink socket has one (ENOBUFS) whenever
// the kernel drops a datagram: it is read like a datagram, and polling goes on.
#include "binding/pump.h"

#include <utility>

#include "binding/errors.h"
#include "binding/require.h"

namespace subflowd::binding {
namespace {

/// So that a flood cannot starve the rest of the loop: what is left wakes us again.
constexpr std::size_t kDatagramsPerWake = 1024;

}  // namespace

std::shared_ptr<Pump> Pump::Start(Napi::Function listener, netlink::Socket socket,
                                  netlink::Receiver::Shape shape, std::unique_ptr<Inbox> inbox) {
  std::shared_ptr<Pump> pump(new Pump(listener.Env(), std::move(socket), shape, std::move(inbox)));
  pump->Open(listener);
  return pump;
}

Pump::Pump(Napi::Env env, netlink::Socket socket, netlink::Receiver::Shape shape,
           std::unique_ptr<Inbox> inbox)
    : env_(env), socket_(std::move(socket)), receiver_(shape), inbox_(std::move(inbox)) {}

Pump::~Pump() = default;

void Pump::Open(Napi::Function listener) {
  uv_loop_t* loop;
  Require(napi_get_uv_event_loop(env_, &loop));
  if (const int error = ::uv_poll_init(loop, &poll_, socket_.fd()); error < 0) {
    throw ErrorOf(env_, {.number = -error, .syscall = "uv_poll_init"});
  }
  poll_.data = this;
  self_ = shared_from_this();
  const auto on_teardown = [](napi_async_cleanup_hook_handle, void* pump) {
    static_cast<Pump*>(pump)->Close();
  };
  napi_add_async_cleanup_hook(env_, on_teardown, this, &hook_);
  napi_async_init(env_, nullptr, Napi::String::New(env_, "SUBFLOWD_SOCKET"), &context_);
  listener_ = Napi::Persistent(listener);
  Poll(UV_READABLE);
}

void Pump::Poll(int events) {
  ::uv_poll_start(&poll_, events,
                  [](uv_poll_t* poll, int, int) { static_cast<Pump*>(poll->data)->Wake(); });
}

void Pump::Wake() {
  const auto self = shared_from_this();  // the listener may close
  Drain();
  Poll(UV_READABLE);
  Tell();
}

void Pump::Drain() {
  for (std::size_t taken = 0; taken < kDatagramsPerWake;) {
    const auto datagrams = receiver_.Take(socket_);
    if (!datagrams) {
      inbox_->Lose("recvmmsg: " + ErrorCode(datagrams.error().number));
      if (datagrams.error().number != ENOBUFS) return;
      ++taken;
      continue;
    }
    for (const netlink::Datagram& datagram : *datagrams) {
      if (datagram.sender != 0) continue;  // anybody may write to a netlink socket
      if (datagram.truncated) {
        inbox_->Lose("a datagram is larger than the buffer for it");
      } else {
        inbox_->Take(datagram.bytes);
      }
    }
    if (datagrams->size() < receiver_.slots()) return;
    taken += datagrams->size();
  }
}

void Pump::WakeSoon() {
  if (!closed_) Poll(UV_READABLE | UV_WRITABLE);
}

void Pump::Tell() {
  napi_handle_scope scope;
  if (napi_open_handle_scope(env_, &scope) != napi_ok) return;
  try {
    if (napi_value batch = inbox_->TakeBatch(env_)) {
      napi_value receiver;
      Require(napi_get_global(env_, &receiver));
      Require(napi_make_callback(env_, context_, receiver, listener_.Value(), 1, &batch, nullptr));
    }
  } catch (const CallFailed&) {
    ReportUncaught(env_);
  }
  napi_close_handle_scope(env_, scope);
}

void Pump::Close() {
  if (std::exchange(closed_, true)) return;
  listener_.Reset();
  if (context_ != nullptr) napi_async_destroy(env_, context_);
  ::uv_close(reinterpret_cast<uv_handle_t*>(&poll_), [](uv_handle_t* handle) {
    auto* const pump = static_cast<Pump*>(handle->data);
    if (pump->hook_ != nullptr) napi_remove_async_cleanup_hook(pump->hook_);
    pump->self_.reset();
  });
}

void Pump::Ref() {
  if (!closed_) ::uv_ref(reinterpret_cast<uv_handle_t*>(&poll_));
}

void Pump::Unref() {
  if (!closed_) ::uv_unref(reinterpret_cast<uv_handle_t*>(&poll_));
}

}  // namespace subflowd::binding
