#include "event_sockets.h"

#include <stdexcept>

#include "../mptcp/event.h"
#include "../netlink/generic.h"

namespace subflowd::binding {

namespace {

/** Some 80,000 events (a queued one is charged 832 bytes): the loop may stand still for a second or two. */
constexpr uint32_t kEventBuffer = 32U << 20;
constexpr uint32_t kRouteBuffer = 8U << 20;

void decode_events(const Words& words, netlink::Bytes datagram, Napi::Array& batch) {
  netlink::MessageReader reader(datagram);
  while (const auto message = reader.next()) {
    const auto event = mptcp::decode_event(*message);
    if (!event) throw std::invalid_argument("an event could not be decoded");
    batch.Set(batch.Length(), to_js(batch.Env(), words, *event));
  }
  if (reader.malformed()) throw std::invalid_argument("a message could not be decoded");
}

void copy_datagram(const Words&, netlink::Bytes datagram, Napi::Array& batch) {
  batch.Set(batch.Length(),
            Napi::Buffer<uint8_t>::Copy(batch.Env(), datagram.data(), datagram.size()));
}

std::unique_ptr<netlink::Socket> open_path_manager_events(const netlink::SocketOptions& options) {
  const netlink::Family family = netlink::find_family(mptcp::kFamilyName, options);
  auto socket = std::make_unique<netlink::Socket>(NETLINK_GENERIC, options);
  const auto group = family.groups.find(mptcp::kEventGroup);
  if (group == family.groups.end()) throw netlink::Failure("mptcp_pm_events", ENOENT);
  socket->join(group->second);
  return socket;
}

}  // namespace

Napi::Function PathManagerEventSocket::define(Napi::Env env) {
  return DefineClass(env, "PathManagerEventSocket", with_common({}));
}

PathManagerEventSocket::PathManagerEventSocket(const Napi::CallbackInfo& info) : LoopSocket(info) {
  const Napi::Function listener = to_listener(info);
  const auto options = to_socket_options(info[1], kEventBuffer);
  or_throw(info.Env(), [&] {
    start(std::make_shared<Pump>(info.Env(), open_path_manager_events(options), "mptcp_pm",
                                 listener, decode_events));
  });
}

Napi::Function RouteEventSocket::define(Napi::Env env) {
  return DefineClass(env, "RouteEventSocket", with_common({}));
}

RouteEventSocket::RouteEventSocket(const Napi::CallbackInfo& info) : LoopSocket(info) {
  const Napi::Function listener = to_listener(info);
  if (!info[1].IsArray()) throw Napi::TypeError::New(info.Env(), "groups: an array is needed");
  const Napi::Array groups = info[1].As<Napi::Array>();
  const auto options = to_socket_options(info[2], kRouteBuffer);
  or_throw(info.Env(), [&] {
    auto socket = std::make_unique<netlink::Socket>(NETLINK_ROUTE, options);
    for (uint32_t i = 0; i < groups.Length(); ++i) socket->join(groups.Get(i).ToNumber());
    start(std::make_shared<Pump>(info.Env(), std::move(socket), "rtnetlink", listener,
                                 copy_datagram));
  });
}

}  // namespace subflowd::binding
