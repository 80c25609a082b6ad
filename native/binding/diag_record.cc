// The properties of src/model/subflow.ts, in its order.
#include "binding/diag_record.h"

#include "binding/record.h"

namespace subflowd::binding {
namespace {

/// The word for a state; a number newer than this version is as good as closed.
Word StateOf(std::uint8_t state) {
  static constexpr Word kStates[] = {
      Word::kClose,    Word::kEstablished, Word::kSynSent,    Word::kSynRecv,      Word::kFinWait1,
      Word::kFinWait2, Word::kTimeWait,    Word::kClose,      Word::kCloseWait,    Word::kLastAck,
      Word::kListen,   Word::kClosing,     Word::kNewSynRecv, Word::kBoundInactive};
  return state < std::size(kStates) ? kStates[state] : Word::kClose;
}

}  // namespace

napi_value ToRecord(Words& words, const diag::MptcpSocket& socket) {
  return Record(words)
      .Number(Word::kToken, socket.token)
      .Name(Word::kState, StateOf(socket.state))
      .FamilyName(socket.family)
      .Socket(Word::kLocal, socket.local)
      .Socket(Word::kRemote, socket.remote)
      .Number(Word::kUid, socket.uid)
      .Number(Word::kInode, socket.inode)
      .Boolean(Word::kFallback, socket.fallback)
      .value();
}

napi_value ToRecord(Words& words, const diag::Subflow& subflow) {
  return Record(words)
      .Number(Word::kToken, subflow.token)
      .Name(Word::kState, StateOf(subflow.state))
      .FamilyName(subflow.family)
      .Socket(Word::kLocal, subflow.local)
      .Socket(Word::kRemote, subflow.remote)
      .Number(Word::kLocalId, subflow.local_id)
      .Number(Word::kRemoteId, subflow.remote_id)
      .Number(Word::kIfindex, subflow.ifindex)
      .Number(Word::kUid, subflow.uid)
      .Boolean(Word::kInitial, subflow.initial)
      .Boolean(Word::kInitiatedHere, subflow.initiated_here)
      .Boolean(Word::kBackupLocal, subflow.backup_local)
      .Boolean(Word::kBackupRemote, subflow.backup_remote)
      .Boolean(Word::kFullyEstablished, subflow.fully_established)
      .Number(Word::kRtt, subflow.rtt)
      .value();
}

}  // namespace subflowd::binding
