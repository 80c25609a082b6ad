// Messages read `setsockopt: joining mptcp_pm_events needs CAP_NET_ADMIN (EPERM)`.
#include "binding/errors.h"

#include <uv.h>

#include <array>
#include <cstring>

namespace subflowd::binding {
namespace {

std::string MessageOf(const Failure& failure) {
  std::string text = failure.explanation;
  if (!failure.extack.empty()) text += (text.empty() ? "" : ": ") + failure.extack;
  if (text.empty()) {
    std::array<char, 128> buffer;
    text = ::uv_strerror_r(-failure.number, buffer.data(), buffer.size());
  }
  return std::string(failure.syscall) + ": " + text + " (" + ErrorCode(failure.number) + ")";
}

}  // namespace

std::string ErrorCode(int number) {
  std::array<char, 64> buffer;
  const std::string name = ::uv_err_name_r(-number, buffer.data(), buffer.size());
  return name.starts_with("Unknown") ? "errno " + std::to_string(number) : name;
}

Napi::Error ErrorOf(Napi::Env env, const Failure& failure) {
  auto error = Napi::Error::New(env, MessageOf(failure));
  error.Set("code", Napi::String::New(env, ErrorCode(failure.number)));
  error.Set("errno", Napi::Number::New(env, -failure.number));
  error.Set("syscall", Napi::String::New(env, failure.syscall));
  if (!failure.extack.empty()) error.Set("extack", Napi::String::New(env, failure.extack));
  return error;
}

void ReportUncaught(napi_env env) {
  bool is_pending = false;
  napi_value error;
  if (napi_is_exception_pending(env, &is_pending) == napi_ok && is_pending &&
      napi_get_and_clear_last_exception(env, &error) == napi_ok) {
    napi_fatal_exception(env, error);
  }
}

napi_value RefusalRecord(Words& words, const netlink::Refusal& refusal) {
  Record record(words);
  record.Number(Word::kErrno, refusal.number).Text(Word::kCode, ErrorCode(refusal.number));
  if (!refusal.text.empty()) record.Text(Word::kText, refusal.text);
  if (refusal.offset) record.Number(Word::kOffset, *refusal.offset);
  if (refusal.missing) record.Number(Word::kMissing, *refusal.missing);
  return record.value();
}

}  // namespace subflowd::binding
