// The command line: `--name value` and `--flag`, each taken once, nothing left over.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

class Arguments {
 public:
  Arguments(int argc, char** argv, const char* usage)
      : words_(argv + 1, argv + argc), usage_(usage) {
    if (flag("--help")) {
      std::puts(usage_);
      std::exit(0);
    }
  }

  /** The first word: a role or a verb. */
  std::string verb() {
    if (words_.empty()) fail("a verb is missing");
    std::string word = words_.front();
    words_.erase(words_.begin());
    return word;
  }

  bool flag(std::string_view name) {
    const auto found = std::find(words_.begin(), words_.end(), name);
    if (found == words_.end()) return false;
    words_.erase(found);
    return true;
  }

  std::string text(const std::string& name, const std::string& otherwise = {}) {
    const auto found = std::find(words_.begin(), words_.end(), name);
    if (found == words_.end()) return otherwise;
    if (found + 1 == words_.end()) fail(name + " needs a value");
    std::string value = *(found + 1);
    words_.erase(found, found + 2);
    return value;
  }

  /** `--name first second`. */
  std::pair<std::string, std::string> pair(const std::string& name) {
    const auto found = std::find(words_.begin(), words_.end(), name);
    if (words_.end() - found < 3) fail(name + " needs two values");
    std::pair<std::string, std::string> values{*(found + 1), *(found + 2)};
    words_.erase(found, found + 3);
    return values;
  }

  double number(const std::string& name, double otherwise) {
    const std::string value = text(name);
    if (value.empty()) return otherwise;
    double parsed = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), parsed);
    if (error != std::errc{} || end != value.data() + value.size() || parsed < 0)
      fail(name + ": '" + value + "' is not a number");
    return parsed;
  }

  int integer(const std::string& name, int otherwise) {
    return static_cast<int>(number(name, otherwise));
  }

  void finish() const {
    if (!words_.empty()) fail("'" + words_.front() + "' is not understood");
  }

  [[noreturn]] void fail(const std::string& why) const {
    std::fprintf(stderr, "%s\n%s\n", why.c_str(), usage_);
    std::exit(2);
  }

 private:
  std::vector<std::string> words_;
  const char* usage_;
};
