// Node-API 9 refers to objects only: the strings are the elements of an array.
#include "binding/words.h"

#include "binding/addon.h"
#include "binding/require.h"

namespace subflowd::binding {
namespace {

constexpr const char* kSpellings[] = {
#define SUBFLOWD_WORD(name, text) text,
    SUBFLOWD_WORDS(SUBFLOWD_WORD)
#undef SUBFLOWD_WORD
};
static_assert(std::size(kSpellings) == kWordCount);

}  // namespace

const char* Spelling(Word word) { return kSpellings[static_cast<std::size_t>(word)]; }

Vocabulary::Vocabulary(Napi::Env env) {
  // As names of an object's properties V8 makes them unique, which is what look-ups want.
  auto names = Napi::Object::New(env);
  for (const char* word : kSpellings) names.Set(word, true);
  strings_ = Napi::Persistent<Napi::Object>(names.GetPropertyNames());
}

Words::Words(napi_env env) : env_(env) { strings_ = Addon::Of(env).vocabulary().strings_.Value(); }

napi_value Words::operator[](Word word) {
  const auto index = static_cast<std::size_t>(word);
  if (known_[index] == nullptr) {
    Require(napi_get_element(env_, strings_, static_cast<std::uint32_t>(index), &known_[index]));
  }
  return known_[index];
}

}  // namespace subflowd::binding
