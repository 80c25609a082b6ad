#include "words.h"

namespace subflowd::binding {

namespace {

constexpr const char* kWords[] = {
#define SUBFLOWD_STRING(name) #name,
    SUBFLOWD_WORDS(SUBFLOWD_STRING)
#undef SUBFLOWD_STRING
};

constexpr const char* kValues[] = {
    "created",     "established", "closed",     "announced",    "removed",         "sub-established",
    "sub-closed",  "sub-priority", "listener-created", "listener-closed", "unknown", "lost",
    "ipv4",        "ipv6",
    // include/net/tcp_states.h, from 0, which no socket has
    "unknown",     "established", "syn-sent",   "syn-recv",     "fin-wait-1",      "fin-wait-2",
    "time-wait",   "close",       "close-wait", "last-ack",     "listen",          "closing",
    "new-syn-recv", "bound-inactive"};

static_assert(std::size(kValues) == static_cast<size_t>(Value::kCount));

constexpr uint8_t kLastState = 13;

}  // namespace

EnvironmentData::EnvironmentData(Napi::Env env) {
  const Napi::HandleScope scope(env);
  Napi::Array list = Napi::Array::New(env);
  uint32_t index = 0;
  // `errno` is a macro in C++.
  for (const char* word : kWords)
    list.Set(index++, Napi::String::New(env, std::string_view(word) == "errno_" ? "errno" : word));
  for (const char* value : kValues) list.Set(index++, Napi::String::New(env, value));
  strings = Napi::Persistent(list);
}

Words::Words(Napi::Env env)
    : env_(env), list_(env.GetInstanceData<EnvironmentData>()->strings.Value()) {}

napi_value Words::at(uint32_t index) const {
  napi_value value = nullptr;
  napi_get_element(env_, list_, index, &value);
  return value;
}

napi_value Words::state(uint8_t number) const {
  const uint32_t offset = number <= kLastState ? number : 0;
  return at(static_cast<uint32_t>(Word::kCount) + static_cast<uint32_t>(Value::kFirstState) + offset);
}

}  // namespace subflowd::binding
