// Watches the client's packets and tells how long after a connection's start its MP_JOIN goes out.

#include <net/if.h>

#include <algorithm>
#include <set>

#include "../common/arguments.h"
#include "../common/console.h"
#include "../common/line.h"
#include "../common/loop.h"
#include "latency.h"
#include "tap.h"

namespace {

constexpr const char* kUsage =
    "usage: sniff [--interface NAME]… [--verbose]\n"
    "  every interface unless some are named; on standard input: mark | report | quit";
// Packets carry the kernel's own time, so they are fetched seldom, not to disturb what is measured.
constexpr double kFetchMs = 20;

class Sniffer {
 public:
  Sniffer(std::set<int> interfaces, bool verbose)
      : interfaces_(std::move(interfaces)), verbose_(verbose) {}

  void fetch() {
    tap_.fetch([this](const Packet& packet) {
      if (!interfaces_.empty() && !interfaces_.contains(packet.interface)) return;
      const auto segment = parse_segment(packet.bytes, packet.outgoing);
      if (segment) look(*segment, packet.time_ns);
    });
  }

  void forget() { latency_ = {}; }

  void report(const std::string& asked) {
    std::vector<int64_t> sorted = latency_.latencies();
    std::sort(sorted.begin(), sorted.end());
    const auto at = [&](double share) {
      if (sorted.empty()) return 0.0;
      const auto i = static_cast<size_t>(share * static_cast<double>(sorted.size() - 1));
      return static_cast<double>(sorted[i]) / 1000;
    };
    Line()
        .text("answer", asked)
        .count("count", static_cast<int64_t>(sorted.size()))
        .count("connections", static_cast<int64_t>(latency_.connections()))
        .decimal("min_us", at(0))
        .decimal("median_us", at(0.5))
        .decimal("p99_us", at(0.99))
        .decimal("max_us", at(1))
        .count("missed_packets", tap_.missed());
  }

 private:
  void look(const Segment& segment, int64_t time_ns) {
    const auto join = latency_.see(segment, time_ns);
    if (!join || !verbose_) return;
    Line()
        .count("token", join->token)
        .count("established_realtime_ns", join->established_ns)
        .decimal("join_us", static_cast<double>(join->latency_ns) / 1000);
  }

  Tap tap_;
  const std::set<int> interfaces_;
  const bool verbose_;
  JoinLatency latency_;
};

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments(argc, argv, kUsage);
  std::set<int> interfaces;
  for (std::string name; !(name = arguments.text("--interface")).empty();) {
    const unsigned index = if_nametoindex(name.c_str());
    if (index == 0) fail("'" + name + "'");
    interfaces.insert(static_cast<int>(index));
  }
  const bool verbose = arguments.flag("--verbose");
  arguments.finish();

  Loop loop;
  Sniffer sniffer(std::move(interfaces), verbose);
  Console console(loop, [&](const std::string& word) {
    sniffer.fetch();
    if (word == "mark" || word == "report" || word == "quit") sniffer.report(word);
    if (word == "mark") sniffer.forget();
    if (word == "quit") loop.stop();
  });
  std::function<void()> fetch = [&] {
    sniffer.fetch();
    loop.at(now_ns() + from_ms(kFetchMs), fetch);
  };
  fetch();
  Line().boolean("ready", true);
  loop.run();
}
