// What the addon exports: its surface is src/kernel/addon.ts.

#include "command_socket.h"
#include "diag_socket.h"
#include "event_sockets.h"
#include "jobs.h"
#include "mptcp_sockets.h"

namespace subflowd::binding {

namespace {

Napi::Object initialise(Napi::Env env, Napi::Object exports) {
  env.SetInstanceData(new EnvironmentData(env));
  exports.Set("PathManagerEventSocket", PathManagerEventSocket::define(env));
  exports.Set("RouteEventSocket", RouteEventSocket::define(env));
  exports.Set("CommandSocket", CommandSocket::define(env));
  exports.Set("DiagSocket", DiagSocket::define(env));
  exports.Set("query", Napi::Function::New(env, query, "query"));
  exports.Set("diagSnapshot", Napi::Function::New(env, diag_snapshot, "diagSnapshot"));
  exports.Set("routeDump", Napi::Function::New(env, route_dump, "routeDump"));
  exports.Set("openMptcpSocket", Napi::Function::New(env, open_mptcp_socket, "openMptcpSocket"));
  exports.Set("connectionToken", Napi::Function::New(env, connection_token, "connectionToken"));
  exports.Set("closeDescriptor", Napi::Function::New(env, close_descriptor, "closeDescriptor"));
  return exports;
}

NODE_API_MODULE(subflowd, initialise)

}  // namespace

}  // namespace subflowd::binding
