// The strings that records are made of, made once for each environment.
#pragma once

#include <napi.h>

#include <array>

namespace subflowd::binding {

#define SUBFLOWD_WORDS(word)                                                                       \
  word(kind) word(token) word(family) word(local) word(remote) word(address) word(port)            \
  word(serverSide) word(denyJoinId0) word(localId) word(remoteId) word(backup) word(ifindex)       \
  word(error) word(resetReason) word(resetFlags) word(command) word(attributes) word(socket)       \
  word(reason) word(sequence) word(refusal) word(errno_) word(code) word(text) word(offset)        \
  word(missing) word(id) word(flags) word(endpoint) word(endpoints) word(limits) word(subflows)    \
  word(addAddrAccepted) word(state) word(uid) word(inode) word(fallback) word(initial)             \
  word(initiatedHere) word(backupLocal) word(backupRemote) word(fullyEstablished) word(rtt)        \
  word(sockets) word(netns) word(receiveBuffer) word(bind) word(listen)

/** One for each string. */
enum class Word : uint32_t {
#define SUBFLOWD_ENUMERATOR(name) name,
  SUBFLOWD_WORDS(SUBFLOWD_ENUMERATOR)
#undef SUBFLOWD_ENUMERATOR
      kCount
};

/** Strings that are values: kinds of events, families, TCP states. */
enum class Value : uint32_t {
  kCreated,
  kEstablished,
  kClosed,
  kAnnounced,
  kRemoved,
  kSubEstablished,
  kSubClosed,
  kSubPriority,
  kListenerCreated,
  kListenerClosed,
  kUnknown,
  kLost,
  kIpv4,
  kIpv6,
  kFirstState,  // states 1 to 13 follow
  kCount = kFirstState + 14,
};

/** Access to them while a handle scope is open. */
class Words {
 public:
  explicit Words(Napi::Env env);

  napi_value operator[](Word word) const { return at(static_cast<uint32_t>(word)); }
  napi_value operator[](Value value) const {
    return at(static_cast<uint32_t>(Word::kCount) + static_cast<uint32_t>(value));
  }
  /** The name of a number of the kernel's TCP states. */
  napi_value state(uint8_t number) const;

 private:
  napi_value at(uint32_t index) const;

  napi_env env_;
  napi_value list_;
};

/** What an environment keeps: an array of all the strings, since Node-API 9 has no references to strings. */
struct EnvironmentData {
  explicit EnvironmentData(Napi::Env env);
  Napi::Reference<Napi::Array> strings;
};

}  // namespace subflowd::binding
