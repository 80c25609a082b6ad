// What the addon keeps for each environment (main thread or worker), and what it exports.
#pragma once

#include <napi.h>

#include "binding/words.h"

namespace subflowd::binding {

class Addon : public Napi::Addon<Addon> {
 public:
  Addon(Napi::Env env, Napi::Object exports);

  static Addon& Of(Napi::Env env) { return *env.GetInstanceData<Addon>(); }

  const Vocabulary& vocabulary() const { return vocabulary_; }

 private:
  Vocabulary vocabulary_;
};

}  // namespace subflowd::binding
