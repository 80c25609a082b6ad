// Exports what src/kernel/addon.ts describes.
#include "binding/addon.h"

#include "binding/attribute_of.h"
#include "binding/clock_watch.h"
#include "binding/command_socket.h"
#include "binding/diag_snapshot.h"
#include "binding/diag_socket.h"
#include "binding/family_description.h"
#include "binding/listener.h"
#include "binding/mptcp_sockets.h"
#include "binding/path_manager_event_socket.h"
#include "binding/query.h"
#include "binding/route_dump.h"
#include "binding/route_event_socket.h"

namespace subflowd::binding {

Addon::Addon(Napi::Env env, Napi::Object exports) : vocabulary_(env) {
  exports.Set("PathManagerEventSocket", PathManagerEventSocket::Define(env));
  exports.Set("CommandSocket", CommandSocket::Define(env));
  exports.Set("RouteEventSocket", RouteEventSocket::Define(env));
  exports.Set("DiagSocket", DiagSocket::Define(env));
  exports.Set("family", Napi::Function::New<DescribeFamily>(env, "family"));
  exports.Set("attributeOf", Napi::Function::New<AttributeOf>(env, "attributeOf"));
  exports.Set("Listener", Listener::Define(env));
  exports.Set("ClockWatch", ClockWatch::Define(env));
  exports.Set("query", Napi::Function::New<Query>(env, "query"));
  exports.Set("diagSnapshot", Napi::Function::New<DiagSnapshot>(env, "diagSnapshot"));
  exports.Set("routeDump", Napi::Function::New<RouteDump>(env, "routeDump"));
  exports.Set("openMptcpSocket", Napi::Function::New<OpenMptcpSocket>(env, "openMptcpSocket"));
  exports.Set("connectionToken", Napi::Function::New<ConnectionToken>(env, "connectionToken"));
  exports.Set("closeDescriptor", Napi::Function::New<CloseDescriptor>(env, "closeDescriptor"));
}

}  // namespace subflowd::binding

using subflowd::binding::Addon;
NODE_API_ADDON(Addon)
