// The strings that records are made of, each made once an environment: property names, and values
// that come from a fixed set.
#pragma once

#include <napi.h>

#include <array>
#include <cstddef>

namespace subflowd::binding {

// clang-format off
#define SUBFLOWD_WORDS(X) \
  X(Address, "address") X(AddAddrAccepted, "addAddrAccepted") X(Announced, "announced") X(Answers, "answers") \
  X(Attributes, "attributes") X(Backup, "backup") X(BackupLocal, "backupLocal") \
  X(BackupRemote, "backupRemote") X(Bind, "bind") X(BoundInactive, "bound-inactive") \
  X(Close, "close") X(CloseWait, "close-wait") X(Closed, "closed") X(Closing, "closing") \
  X(Code, "code") X(Command, "command") X(Created, "created") X(DenyJoinId0, "denyJoinId0") \
  X(Endpoint, "endpoint") X(Endpoints, "endpoints") X(Errno, "errno") X(Error, "error") \
  X(Established, "established") X(Fallback, "fallback") X(Family, "family") \
  X(FinWait1, "fin-wait-1") X(FinWait2, "fin-wait-2") X(Flags, "flags") \
  X(FullyEstablished, "fullyEstablished") X(Groups, "groups") X(Id, "id") \
  X(Ifindex, "ifindex") \
  X(Initial, "initial") X(InitiatedHere, "initiatedHere") X(Inode, "inode") X(Ipv4, "ipv4") \
  X(Ipv6, "ipv6") X(Kind, "kind") X(LastAck, "last-ack") X(Limits, "limits") \
  X(Listen, "listen") X(ListenerClosed, "listener-closed") \
  X(ListenerCreated, "listener-created") X(Local, "local") X(LocalId, "localId") \
  X(Lost, "lost") X(Missing, "missing") X(MptcpPm, "mptcp_pm") X(Netns, "netns") \
  X(NewSynRecv, "new-syn-recv") X(Offset, "offset") X(Operation, "operation") \
  X(Operations, "operations") X(Port, "port") X(Raw, "raw") X(Reason, "reason") \
  X(ReceiveBuffer, "receiveBuffer") X(Refusal, "refusal") X(Remote, "remote") \
  X(RemoteId, "remoteId") X(Removed, "removed") X(ResetFlags, "resetFlags") \
  X(ResetReason, "resetReason") X(Rtnetlink, "rtnetlink") X(Rtt, "rtt") \
  X(Sequence, "sequence") X(ServerSide, "serverSide") X(Socket, "socket") \
  X(Sockets, "sockets") X(State, "state") X(SubClosed, "sub-closed") \
  X(SubEstablished, "sub-established") X(SubPriority, "sub-priority") \
  X(Subflows, "subflows") X(SynRecv, "syn-recv") X(SynSent, "syn-sent") X(Text, "text") \
  X(TimeWait, "time-wait") X(Token, "token") X(Uid, "uid") X(Unknown, "unknown")
// clang-format on

enum class Word : std::uint8_t {
#define SUBFLOWD_WORD(name, text) k##name,
  SUBFLOWD_WORDS(SUBFLOWD_WORD)
#undef SUBFLOWD_WORD
      kCount
};

constexpr std::size_t kWordCount = static_cast<std::size_t>(Word::kCount);

/// How it is written.
const char* Spelling(Word word);

/// Keeps the strings of one environment.
class Vocabulary {
 public:
  explicit Vocabulary(Napi::Env env);

 private:
  friend class Words;
  Napi::ObjectReference strings_;
};

/// The words as handles of the scope that this is made in.
class Words {
 public:
  explicit Words(napi_env env);
  Words(const Words&) = delete;
  Words& operator=(const Words&) = delete;

  napi_env env() const { return env_; }
  napi_value operator[](Word word);

 private:
  napi_env env_;
  napi_value strings_;
  std::array<napi_value, kWordCount> known_{};
};

}  // namespace subflowd::binding
