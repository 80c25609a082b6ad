// Never keeps the process alive: that is for the sockets that bring events.
#include "binding/listener.h"

#include <utility>

#include "binding/errors.h"
#include "binding/fields.h"
#include "binding/loop_handle.h"
#include "binding/options.h"
#include "binding/require.h"
#include "socket/listener.h"

namespace subflowd::binding {
namespace {

/// So that a flood cannot starve the rest of the loop: what is left wakes us again.
constexpr std::size_t kResetsPerWake = 256;

}  // namespace

/// The listening socket on the event loop.
class Doorkeeper : public LoopHandle {
 public:
  static std::shared_ptr<Doorkeeper> Start(Napi::Function on_reset, FileDescriptor socket) {
    std::shared_ptr<Doorkeeper> doorkeeper(new Doorkeeper(on_reset, std::move(socket)));
    doorkeeper->Open(doorkeeper->socket_.get(), "SUBFLOWD_LISTENER");
    doorkeeper->Unref();
    return doorkeeper;
  }

 private:
  Doorkeeper(Napi::Function on_reset, FileDescriptor socket)
      : LoopHandle(on_reset), socket_(std::move(socket)) {}

  void Ready() override {
    const std::size_t count = ResetWaiting(socket_.get(), kResetsPerWake);
    if (count == 0) return;
    Tell([count](napi_env env) {
      napi_value number;
      Require(napi_create_uint32(env, static_cast<std::uint32_t>(count), &number));
      return number;
    });
  }

  /// At once, so that whoever binds next finds the port free.
  void Closed() override { socket_ = FileDescriptor(); }

  FileDescriptor socket_;
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
  doorkeeper_ = Doorkeeper::Start(on_reset, ValueOf(info.Env(), OpenListener(at, ifindex, netns)));
  this->Ref();  // the port stays taken until it is closed
}

void Listener::Close(const Napi::CallbackInfo&) {
  if (!doorkeeper_) return;
  std::exchange(doorkeeper_, nullptr)->Close();
  this->Unref();
}

}  // namespace subflowd::binding
