// CommandSocket (src/kernel/addon.ts): sends at once, hears the answers later.
#pragma once

#include "../mptcp/command.h"
#include "loop_socket.h"

namespace subflowd::binding {

class CommandSocket : public LoopSocket<CommandSocket> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit CommandSocket(const Napi::CallbackInfo& info);

 private:
  Napi::Value send(const Napi::CallbackInfo& info);
  uint32_t next_sequence();

  uint16_t family_ = 0;
  uint32_t sequence_ = 0;
  std::vector<mptcp::Command> commands_;  // kept for their memory
  netlink::Buffer buffer_;
};

}  // namespace subflowd::binding
