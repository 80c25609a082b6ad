// The class CommandSocket: sends commands at once and reads their acks later, through the loop.
#pragma once

#include <cstdint>
#include <span>

#include "binding/loop_socket.h"
#include "mptcp/command.h"
#include "netlink/sequence.h"

namespace subflowd::binding {

class AckInbox;

class CommandSocket : public LoopSocket<CommandSocket> {
 public:
  static Napi::Function Define(Napi::Env env);

  /// new CommandSocket(listener, options?)
  explicit CommandSocket(const Napi::CallbackInfo& info);

 private:
  Napi::Value Send(const Napi::CallbackInfo& info);
  Outcome<Done> SendChunk(std::span<const mptcp::Command> commands, std::uint32_t sequence);

  AckInbox* acks_;  ///< the pump owns it
  std::uint16_t family_ = 0;
  netlink::SequenceCounter sequence_;
  Buffer buffer_;
};

}  // namespace subflowd::binding
