// Work in another network namespace: this thread enters it and returns whatever happens.
#pragma once

#include <string>

namespace subflowd::netlink {

class InNamespace {
 public:
  /** `path` may be empty: then nothing is done. Throws Failure. */
  explicit InNamespace(const std::string& path);
  ~InNamespace();
  InNamespace(const InNamespace&) = delete;
  InNamespace& operator=(const InNamespace&) = delete;

 private:
  int home_ = -1;
};

}  // namespace subflowd::netlink
