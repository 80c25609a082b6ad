// Failures as JavaScript sees them.
#pragma once

#include <napi.h>

#include <string>

#include "binding/record.h"
#include "netlink/extended_ack.h"
#include "netlink/failure.h"

namespace subflowd::binding {

/// `EINVAL`; `errno 4095` for a number without a name.
std::string ErrorCode(int number);

/// An Error with `code`, `errno` (negative, as all of Node's are), `syscall` and perhaps `extack`.
Napi::Error ErrorOf(Napi::Env env, const Failure& failure);

/// The value, or its failure thrown.
template <typename T>
T ValueOf(Napi::Env env, Outcome<T> outcome) {
  if (!outcome) throw ErrorOf(env, outcome.error());
  return *std::move(outcome);
}

/// What a listener throws is an ordinary uncaught exception. In an environment that is being torn
/// down calls fail without one.
void ReportUncaught(napi_env env);

/// A refusal as the contract's NativeRefusal.
napi_value RefusalRecord(Words& words, const netlink::Refusal& refusal);

}  // namespace subflowd::binding
