// How fast an audit store of 320 MB is verified, and queried by agent, by action and by time inside of its segments.
//   meson test -C build --benchmark --verbose audit-scan
// Prints megabytes a second of processor time on one core, the best of three; exits with 1 where one is below 300.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "guardian/audit/scan.h"
#include "guardian/audit/segment.h"
#include "guardian/audit/stats.h"
#include "guardian/audit/verify_chain.h"
#include "support/audit_lines.h"

namespace {

using namespace guardian;

constexpr std::uint64_t kStoreBytes = 320'000'000;
constexpr std::uint64_t kSegmentBytes = std::uint64_t{16} << 20;
constexpr std::uint64_t kEventsASecond = 200;
constexpr int kRuns = 3;
constexpr double kBound = 300.0;
constexpr double kMegabyte = 1e6;

test::DecisionFields decision_number(std::uint64_t number) {
  const auto start = base::to_time_point(*base::parse_rfc3339("2026-04-18T00:00:00Z"));
  test::DecisionFields fields;
  fields.id = "019d9ff0-3c5e-7c3a-b6b0-" + std::to_string(100'000'000'000 + number);
  fields.time = base::format_rfc3339_millis(start + std::chrono::milliseconds(number * 1000 / kEventsASecond));
  fields.agent_id = "agent_" + std::to_string(number % 500);
  fields.action = number % 3 == 0 ? "write:email" : "read:docs";
  fields.resource = "customer-data";
  fields.context_json = R"({"amount":45,"recipient":"someone@example.com","tags":["a","b"],"ticket":"T-)" +
                        std::to_string(number) + "\"}";
  if (number % 10 == 0) {
    fields.decision = "deny";
    fields.reason = "Email to external domains is not permitted";
  }
  return fields;
}

// Returns its size.
std::uint64_t write_store(const std::string& directory) {
  audit::Head head;
  std::uint64_t total = 0;
  while (total < kStoreBytes) {
    std::ofstream segment(directory + "/" + audit::segment_name(head.last_seq + 1));
    for (std::uint64_t bytes = 0; bytes < kSegmentBytes;) {
      const std::string members = test::decision_members(decision_number(++head.last_seq));
      const std::string line = test::make_line(members, head.last_seq, head.last_hash) + "\n";
      head.last_hash = audit::read_event_line(std::string_view(line).substr(0, line.size() - 1))->hash;
      segment << line;
      bytes += line.size();
      total += line.size();
    }
  }
  std::ofstream(audit::head_path(directory)) << audit::write_head(head);
  return total;
}

// False where it is too slow, or `work` did not find what it should.
bool measure(const char* name, std::uint64_t bytes, const std::function<bool()>& work) {
  double best = 0;
  bool right = true;
  for (int i = 0; i < kRuns; ++i) {
    const std::clock_t began = std::clock();
    right = work() && right;
    const double seconds = static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
    best = std::max(best, static_cast<double>(bytes) / kMegabyte / seconds);
  }
  std::printf("%-28s %7.0f MB/s%s\n", name, best, right ? "" : "  WRONG");
  return right && best >= kBound;
}

std::uint64_t count(const audit::StorePath& store, const audit::FilterTexts& texts) {
  const auto filter = audit::Filter::make(texts, {});
  if (!filter) return 0;
  const auto scanned =
      audit::scan(store, *filter, audit::Order::OldestFirst, [](const audit::EventLine&) { return audit::Next::GoOn; });
  return scanned ? scanned->events : 0;
}

}  // namespace

int main() {
  std::string directory = (std::filesystem::temp_directory_path() / "audit-scan-bench-XXXXXX").string();
  if (::mkdtemp(directory.data()) == nullptr) return 1;
  const std::uint64_t bytes = write_store(directory);
  const audit::StorePath store = {directory, {}};
  bool good = measure("verify", bytes, [&] {
    const auto report = audit::verify_chain(store);
    return report.ok() && !report->bad;
  });
  good &= measure("query by agent", bytes, [&] { return count(store, {.agent = "agent_7"}) > 0; });
  good &= measure("query by action", bytes, [&] { return count(store, {.action = "write:*"}) > 0; });
  // The last day holds all: each event is read for its time.
  good &= measure("query by time, all read", bytes, [&] { return count(store, {.from = "2026-04-17T23:00:00Z"}) > 0; });
  good &= measure("stats", bytes, [&] { return audit::count_events(store, {})->events > 0; });
  // Half a minute of three quarters of an hour: bytes of the store, not those read.
  (void)measure("query by time, most skipped", bytes,
                [&] { return count(store, {.from = "2026-04-18T00:10:00Z", .to = "2026-04-18T00:10:30Z"}) > 0; });
  std::filesystem::remove_all(directory);
  return good ? 0 : 1;
}
