// One JSON object a line on standard output, written as soon as it is complete.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

class Line {
 public:
  Line() = default;
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  ~Line() {
    std::printf("{%s}\n", fields_.c_str());
    std::fflush(stdout);
  }

  // Names and texts here are ours (no quotes, no control characters): nothing to escape.
  Line& text(std::string_view name, std::string_view value) {
    return raw(name, '"' + std::string(value) + '"');
  }
  Line& count(std::string_view name, int64_t value) { return raw(name, std::to_string(value)); }
  Line& boolean(std::string_view name, bool value) { return raw(name, value ? "true" : "false"); }
  Line& decimal(std::string_view name, double value) {
    char digits[64];
    std::snprintf(digits, sizeof digits, "%.3f", value);
    return raw(name, digits);
  }

 private:
  Line& raw(std::string_view name, std::string_view value) {
    if (!fields_.empty()) fields_ += ',';
    fields_.append("\"").append(name).append("\":").append(value);
    return *this;
  }

  std::string fields_;
};
