#include "result.h"

#include <cstring>

namespace subflowd::netlink {

namespace {

std::string describe(const std::string& syscall, const Refusal& refusal) {
  std::string text = syscall + ": ";
  text += refusal.text.empty() ? std::strerror(refusal.error) : refusal.text;
  return text + " (" + error_name(refusal.error) + ")";
}

}  // namespace

Failure::Failure(std::string syscall, Refusal refusal)
    : std::runtime_error(describe(syscall, refusal)),
      syscall_(std::move(syscall)),
      refusal_(std::move(refusal)) {}

std::string error_name(int error) {
  const char* name = strerrorname_np(error);
  return name != nullptr ? name : "errno " + std::to_string(error);
}

}  // namespace subflowd::netlink
