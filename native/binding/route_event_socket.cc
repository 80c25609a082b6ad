// Each datagram becomes a Buffer.
#include "binding/route_event_socket.h"

#include <linux/netlink.h>

#include "binding/errors.h"
#include "binding/fields.h"
#include "binding/inbox.h"
#include "binding/options.h"

namespace subflowd::binding {
namespace {

constexpr int kReceiveBuffer = 64 << 20;
/// A link with many virtual functions needs most of this.
constexpr netlink::Receiver::Shape kShape{.slots = 16, .size = 32768};

class RouteInbox : public TypedInbox<Buffer> {
 public:
  RouteInbox() : TypedInbox(Word::kRtnetlink) {}

  void Take(Bytes datagram) override { Keep(Buffer(datagram.begin(), datagram.end())); }

 protected:
  napi_value RecordOf(Words& words, const Buffer& datagram) override {
    napi_value buffer;
    Require(
        napi_create_buffer_copy(words.env(), datagram.size(), datagram.data(), nullptr, &buffer));
    return buffer;
  }
};

std::vector<std::uint32_t> ReadGroups(const Napi::Value& value) {
  const Path path("groups");
  if (!value.IsArray()) path.Reject(value.Env(), "not an array");
  const auto array = value.As<Napi::Array>();
  std::vector<std::uint32_t> groups;
  for (std::uint32_t i = 0; i < array.Length(); ++i) {
    groups.push_back(ReadInteger(value.Env(), array.Get(i), 0xffff, Path(path, i)));
  }
  return groups;
}

}  // namespace

Napi::Function RouteEventSocket::Define(Napi::Env env) {
  return DefineSocket(env, "RouteEventSocket");
}

RouteEventSocket::RouteEventSocket(const Napi::CallbackInfo& info) : LoopSocket(info) {
  const auto listener = ReadListener(info[0]);
  const auto groups = ReadGroups(info[1]);
  const auto options = ReadSocketOptions(info[2], kReceiveBuffer);
  auto socket = ValueOf(info.Env(), netlink::Socket::Open(NETLINK_ROUTE, options));
  for (const std::uint32_t group : groups) ValueOf(info.Env(), socket.Join(group));
  Attach(Pump::Start(listener, std::move(socket), kShape, std::make_unique<RouteInbox>()));
}

}  // namespace subflowd::binding
