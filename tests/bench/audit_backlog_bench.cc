// What a backlog costs in memory: a store with a million events that the gateway does not have yet, first while the
// gateway is away, then while it takes them all. The bound is one batch and what compresses it, whatever the backlog.
//   meson test -C build --benchmark --verbose audit-backlog
//   build/tests/bench/audit-backlog-bench [--check] [events]
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/audit/forwarder.h"
#include "guardian/audit/store.h"
#include "guardian/base/heap.h"
#include "tests/bench/activation/verdict.h"

namespace {

using namespace guardian;

constexpr std::size_t kAtOnce = 1'000;
constexpr int kFailures = 20;
constexpr double kMaxMebibytes = 8;  // a batch of 1 MiB as read, as a body and compressed, and the allocator's slack

class Gateway final : public net::HttpClient {
 public:
  base::Result<net::Answer> send(const net::Call& call) override {
    largest = std::max(largest, call.body.size());
    if (away) return base::Error(base::ErrorCode::Network, "nobody answers");
    net::Answer answer;
    answer.status = 200;
    answer.body = R"({"accepted":1000,"duplicates":0,"rejected":[]})";
    return answer;
  }
  bool away = true;
  std::size_t largest = 0;
};

double resident_mebibytes() {
  base::trim_heaps();
  std::ifstream statm("/proc/self/statm");
  double size = 0;
  double resident = 0;
  statm >> size >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1024.0 * 1024.0);
}

audit::Draft event_of(std::size_t number, base::TimePoint now) {
  audit::DraftBuilder builder("decision", "sidecar-1", now);
  builder.text("action", "read:customer").text("agentId", "agent_" + std::to_string(number % 1'000));
  builder.raw("context", R"({"amount":45,"recipient":"somebody@example.com"})").text("decision", "allow");
  return builder.text("policy", "customer-service-agent").text("rule", "allow-read").finish();
}

void fill(audit::Store& store, std::size_t events, const base::Clock& clock) {
  for (std::size_t done = 0; done < events; done += kAtOnce) {
    std::vector<audit::Draft> drafts;
    for (std::size_t i = 0; i < kAtOnce; ++i) drafts.push_back(event_of(done + i, clock.now()));
    store.append(std::move(drafts), [](bool recorded) {
      if (!recorded) std::exit(2);
    });
  }
}

}  // namespace

int main(int argc, char** argv) {
  const bool check = argc > 1 && std::string_view(argv[1]) == "--check";
  const std::size_t events = argc > (check ? 2 : 1) ? std::strtoul(argv[argc - 1], nullptr, 10) : 1'000'000;
  std::string directory = (std::filesystem::temp_directory_path() / "audit-backlog-XXXXXX").string();
  if (::mkdtemp(directory.data()) == nullptr) return 2;
  const base::SystemClock clock;
  const base::Logger logger(base::LogLevel::Error, base::LogFormat::Json, ::open("/dev/null", O_WRONLY), clock);
  audit::StoreOptions options;
  options.directory = directory;
  options.sidecar = "sidecar-1";
  options.max_bytes = std::uint64_t{8} << 30;
  options.forwards = true;
  bench::Verdicts verdicts;
  {
    auto opened =
        audit::Store::open(options, clock, logger, audit::DraftBuilder("sidecar.started", "s", clock.now()).finish());
    if (!opened) return 2;
    audit::Store& store = **opened;
    fill(store, kAtOnce, clock);
    const double before = resident_mebibytes();
    fill(store, events, clock);
    Gateway gateway;
    audit::ForwarderOptions forwarding;
    forwarding.sidecar_id = "sidecar-1";
    forwarding.call = [](std::string body) {
      net::Call call;
      call.body = std::move(body);
      return call;
    };
    audit::Forwarding forwarder(store, gateway, forwarding);
    const std::stop_source never;
    for (int i = 0; i < kFailures; ++i) static_cast<void>(forwarder.turn(never.get_token()));
    const double away = resident_mebibytes() - before;
    gateway.away = false;
    double most = 0;
    for (std::size_t turns = 0; store.forwarded() < store.last_seq(); ++turns) {
      static_cast<void>(forwarder.turn(never.get_token()));
      if (turns % 100 == 0) most = std::max(most, resident_mebibytes() - before);
      if (turns > events) std::exit(2);
    }
    std::printf("backlog: %zu events, %.0f MiB of segments, largest body %.2f MiB compressed\n", events,
                static_cast<double>(store.state().bytes) / (1024.0 * 1024.0),
                static_cast<double>(gateway.largest) / (1024.0 * 1024.0));
    verdicts.at_most("memory that the backlog takes while the gateway is away", away, kMaxMebibytes, "MiB");
    verdicts.at_most("memory that it takes while it is sent", most, kMaxMebibytes, "MiB");
  }
  std::filesystem::remove_all(directory);
  return check && !verdicts.all_hold() ? 1 : 0;
}
