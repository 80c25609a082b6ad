// Node-API calls that have to succeed.
#pragma once

#include <napi.h>

#include <exception>

namespace subflowd::binding {

/// A Node-API call failed: an exception of JavaScript's is pending, or the environment is going
/// away.
class CallFailed : public std::exception {
 public:
  const char* what() const noexcept override { return "a call into JavaScript failed"; }
};

inline void Require(napi_status status) {
  if (status != napi_ok) throw CallFailed();
}

}  // namespace subflowd::binding
