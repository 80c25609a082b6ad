// Runs a function on libuv's thread pool and settles a promise with what it returns.
#pragma once

#include <napi.h>

#include <cerrno>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "binding/errors.h"
#include "binding/words.h"
#include "netlink/failure.h"

namespace subflowd::binding {

template <typename Result>
class PromiseWork : public Napi::AsyncWorker {
 public:
  using Run = std::function<Outcome<Result>()>;
  using Convert = std::function<napi_value(Words&, Result&)>;

  /// `run` must not touch JavaScript; `convert` is called on the loop's thread.
  static Napi::Promise Start(Napi::Env env, Run run, Convert convert) {
    auto* const work = new PromiseWork(env, std::move(run), std::move(convert));
    const Napi::Promise promise = work->deferred_.Promise();
    work->Queue();  // deletes itself afterwards
    return promise;
  }

 private:
  PromiseWork(Napi::Env env, Run run, Convert convert)
      : Napi::AsyncWorker(env, "SUBFLOWD_REQUEST"),
        deferred_(env),
        run_(std::move(run)),
        convert_(std::move(convert)) {}

  void Execute() override { outcome_.emplace(run_()); }

  void OnOK() override {
    if (!*outcome_) return deferred_.Reject(ErrorOf(Env(), outcome_->error()).Value());
    Words words(Env());
    deferred_.Resolve(convert_(words, **outcome_));
  }

  /// What `run` threw, such as std::bad_alloc.
  void OnError(const Napi::Error& error) override { deferred_.Reject(error.Value()); }

  Napi::Promise::Deferred deferred_;
  Run run_;
  Convert convert_;
  std::optional<Outcome<Result>> outcome_;
};

}  // namespace subflowd::binding
