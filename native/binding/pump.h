// A netlink socket on the event loop: everything that a wake-up finds crosses into JavaScript once.
#pragma once

#include <napi.h>
#include <uv.h>

#include <functional>
#include <memory>

#include "../netlink/socket.h"
#include "words.h"

namespace subflowd::binding {

class Pump : public std::enable_shared_from_this<Pump> {
 public:
  /** Adds the records of one datagram to the batch; throws std::invalid_argument for bytes that are none. */
  using Decode = std::function<void(const Words&, netlink::Bytes, Napi::Array& batch)>;

  /** `source` names the socket where something is lost. */
  Pump(Napi::Env env, std::unique_ptr<netlink::Socket> socket, const char* source,
       const Napi::Function& listener, Decode decode);
  Pump(const Pump&) = delete;
  Pump& operator=(const Pump&) = delete;

  /** Begins to listen. From here on the pump lives until `close`, or the end of the environment. */
  void start();
  /** Idempotent; the listener is not called again. */
  void close();
  void ref();
  void unref();
  netlink::Socket& socket() { return *socket_; }
  bool closed() const { return closed_; }

 private:
  /** What libuv and Node hold on to until the handle is closed. */
  struct Handle {
    uv_poll_t poll;
    std::shared_ptr<Pump> pump;
    napi_async_cleanup_hook_handle hook = nullptr;
  };

  static void on_readable(uv_poll_t* poll, int status, int events);
  static void on_closed(uv_handle_t* handle);
  static void on_environment_exit(napi_async_cleanup_hook_handle hook, void* self);
  void listen();
  void drain();
  bool take(const Words& words, Napi::Array& batch);
  void deliver(const Napi::Array& batch);

  Napi::Env env_;
  std::unique_ptr<netlink::Socket> socket_;
  const char* source_;
  Napi::FunctionReference listener_;
  Napi::AsyncContext context_;
  Decode decode_;
  Handle* handle_ = nullptr;
  bool closed_ = false;
};

}  // namespace subflowd::binding
