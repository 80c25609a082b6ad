// A test harness in one page: sentences, and TAP 13 on standard output.
#pragma once

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

namespace subflowd::test {

struct Test {
  const char* sentence;
  void (*body)();
};

inline std::vector<Test>& Tests() {
  static std::vector<Test> tests;
  return tests;
}

struct Registration {
  Registration(const char* sentence, void (*body)()) { Tests().push_back({sentence, body}); }
};

/// Ends a test.
class Failed : public std::exception {
 public:
  explicit Failed(std::string text) : text_(std::move(text)) {}
  const char* what() const noexcept override { return text_.c_str(); }

 private:
  std::string text_;
};

inline int RunAll() {
  int failures = 0;
  int number = 0;
  std::puts("TAP version 13");
  for (const auto& [sentence, body] : Tests()) {
    std::string problem;
    try {
      body();
    } catch (const std::exception& error) {
      problem = error.what();
      ++failures;
    }
    std::printf("%s %d - %s\n", problem.empty() ? "ok" : "not ok", ++number, sentence);
    if (!problem.empty()) std::printf("# %s\n", problem.c_str());
  }
  std::printf("1..%d\n", number);
  return failures == 0 ? 0 : 1;
}

}  // namespace subflowd::test

#define SUBFLOWD_JOIN2(a, b) a##b
#define SUBFLOWD_JOIN(a, b) SUBFLOWD_JOIN2(a, b)

/// TEST("a sentence of behaviour") { … }
#define TEST(sentence) SUBFLOWD_TEST(sentence, SUBFLOWD_JOIN(test_, __LINE__))
#define SUBFLOWD_TEST(sentence, name)                                                      \
  static void name();                                                                      \
  static const ::subflowd::test::Registration SUBFLOWD_JOIN(name, _entry)(sentence, name); \
  static void name()

#define CHECK(condition)                                                                      \
  do {                                                                                        \
    if (!(condition)) {                                                                       \
      throw ::subflowd::test::Failed(std::string(__FILE__) + ":" + std::to_string(__LINE__) + \
                                     ": " + #condition);                                      \
    }                                                                                         \
  } while (false)
