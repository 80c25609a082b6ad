// Structs → records of the model (src/model, src/kernel/addon.ts).
#pragma once

#include <napi.h>

#include <string>

#include "../diag/records.h"
#include "../mptcp/command.h"
#include "../mptcp/event.h"
#include "../netlink/result.h"
#include "words.h"

namespace subflowd::binding {

/** Makes one object property by property. Raw Node-API: there are thousands of these a second. */
class Record {
 public:
  Record(Napi::Env env, const Words& words);

  Record& put(Word key, napi_value value);
  Record& put(Word key, uint32_t number);
  Record& put(Word key, int32_t number);
  Record& put(Word key, bool value);
  Record& put(Word key, const std::string& text);
  Record& put(Word key, const mptcp::SocketAddress& address);
  Record& put(Word key, mptcp::Family family);

  napi_value value() const { return object_; }
  const Words& words() const { return words_; }
  napi_env env() const { return env_; }

 private:
  napi_env env_;
  const Words& words_;
  napi_value object_ = nullptr;
};

napi_value to_js(Napi::Env env, const Words& words, const mptcp::Event& event);
napi_value to_js(Napi::Env env, const Words& words, const mptcp::Endpoint& endpoint);
napi_value to_js(Napi::Env env, const Words& words, const mptcp::Reply& reply, bool limits);
napi_value to_js(Napi::Env env, const Words& words, const netlink::Refusal& refusal);
napi_value to_js(Napi::Env env, const Words& words, const diag::Connection& connection);
napi_value to_js(Napi::Env env, const Words& words, const diag::Subflow& subflow);

/** `{ kind: 'lost', socket, reason }` */
napi_value lost(Napi::Env env, const Words& words, const char* socket, const char* reason);

/** An Error with `code`, `errno`, `syscall` and, where the kernel gave one, `extack`. */
Napi::Error to_error(Napi::Env env, const netlink::Failure& failure);

}  // namespace subflowd::binding
