// Roles `storm` and `churn`: thousands of connections, held open or closed again.

#include "../common/console.h"
#include "../common/line.h"
#include "crowd.h"
#include "roles.h"
#include "stream.h"

namespace {

void report(const Crowd& crowd, const std::string& role, int64_t began_ns) {
  Line()
      .text("role", role)
      .count("connections", crowd.answered)
      .count("failed", crowd.failed)
      .count("began_ns", began_ns)
      .decimal("seconds", to_ms(now_ns() - began_ns) / 1000);
}

int run(Arguments& arguments, const std::string& role, int window, bool close_each) {
  const Target target(arguments);
  const CrowdSettings settings{arguments.integer("--count", 1000),
                               arguments.integer("--window", window), close_each};
  const bool hold = arguments.flag("--hold");
  arguments.finish();
  const int64_t live = close_each ? settings.window : settings.count;
  if (settings.window < 1) arguments.fail("--window must be positive");
  if (raise_descriptor_limit() < static_cast<size_t>(live) + 16)
    fail("--count: more connections than descriptors (ulimit -n)", EMFILE);

  Loop loop;
  Crowd crowd(loop, target, settings);
  const int64_t began_ns = now_ns();
  const auto finish = [&] {
    crowd.on_empty = [&] { loop.stop(); };
    crowd.finish();
    loop.at(now_ns() + from_ms(5 * kPatienceMs), [&] { loop.stop(); });
  };
  crowd.on_complete = [&] {
    report(crowd, role, began_ns);
    if (!hold) finish();
  };
  if (!hold) crowd.on_empty = [&] { loop.stop(); };
  Console console(loop, [&](const std::string& word) {
    if (word == "report") report(crowd, role, began_ns);
    if (word == "quit") finish();
  });
  crowd.start();
  loop.run();
  return crowd.failed == 0 ? 0 : 1;
}

}  // namespace

int storm(Arguments& arguments) { return run(arguments, "storm", 256, false); }
int churn(Arguments& arguments) { return run(arguments, "churn", 1, true); }
