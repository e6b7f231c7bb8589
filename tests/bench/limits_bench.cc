// How long one charge of two counts (rule and policy, each per minute) takes in the local store, saved to disk as in
// production.
//   meson test -C build --benchmark --verbose
// Prints the median of batches in nanoseconds a charge (of several threads the slowest). Nothing is asserted: machines
// differ.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "guardian/base/clock.h"
#include "guardian/base/file_system.h"
#include "guardian/limits/local_store.h"

namespace {

using namespace guardian;

constexpr std::size_t kBatches = 1'000;
constexpr std::size_t kChargesPerBatch = 1'000;

std::vector<std::string> agents(std::size_t count, const std::string& prefix) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) names.push_back(prefix + std::to_string(i));
  return names;
}

// The median batch's nanoseconds a charge, each agent in turn.
double charge_all(limits::LocalStore& store, const std::vector<std::string>& names, const base::Clock& clock) {
  const limits::Maxima rule{0, 100'000, 0, 0};
  const limits::Maxima policy{0, 1'000'000, 0, 0};
  limits::Charge charge;
  charge.size = 2;
  std::vector<double> nanoseconds;
  std::size_t next = 0;
  for (std::size_t batch = 0; batch < kBatches; ++batch) {
    const auto began = clock.monotonic();
    for (std::size_t i = 0; i < kChargesPerBatch; ++i, ++next) {
      const std::string& agent = names[next % names.size()];
      charge.counters[0] = {"customer-service-agent", "allow-email", agent, rule};
      charge.counters[1] = {"customer-service-agent", "", agent, policy};
      (void)store.charge(charge);
    }
    nanoseconds.push_back(static_cast<double>((clock.monotonic() - began).count()) / kChargesPerBatch);
  }
  std::ranges::nth_element(nanoseconds, nanoseconds.begin() + kBatches / 2);
  return nanoseconds[kBatches / 2];
}

void measure(const char* name, std::size_t agent_count, std::size_t thread_count, const std::string& directory) {
  const base::SystemClock clock;
  base::SystemFileSystem files;
  limits::LocalStore store({directory + "/" + std::to_string(agent_count) + "-" + std::to_string(thread_count)}, files,
                           clock);
  std::vector<double> nanoseconds(thread_count);
  {
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < thread_count; ++t) {
      threads.emplace_back([&, t] {
        const auto names = agents(agent_count, "agent_" + std::to_string(t) + "_");
        nanoseconds[t] = charge_all(store, names, clock);
      });
    }
  }
  std::printf("%-32s %6.0f ns a charge, %6.1f MiB\n", name, *std::ranges::max_element(nanoseconds),
              static_cast<double>(store.bytes()) / (1024.0 * 1024.0));
}

}  // namespace

int main() {
  std::string directory = (std::filesystem::temp_directory_path() / "limits-bench-XXXXXX").string();
  if (::mkdtemp(directory.data()) == nullptr) return 1;
  measure("one agent", 1, 1, directory);
  measure("100,000 agents", 100'000, 1, directory);
  measure("4 threads, 1,000 agents each", 1'000, 4, directory);
  std::filesystem::remove_all(directory);
  return 0;
}
