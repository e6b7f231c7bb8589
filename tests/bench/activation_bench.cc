// What a large bundle costs and whether requests feel it, against bounds that hold on any machine of the kind: ratios,
// and one of processor seconds.
//   meson test -C build --benchmark --verbose activation
//   build/tests/bench/activation-bench [--check] [--small] [cost] [latency] [reloads]
// Without a name all three run. `cost`: processor time and heap of open, verify and compile. `latency`: the 99th
// percentile of `/enforce` over loopback while bundles are activated, to that without, windows taking turns. `reloads`:
// resident memory after many reloads of a small bundle. --small takes a tenth of everything. With --check a figure over
// its bound makes the exit code 1.
#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/activation/bundle.h"
#include "tests/bench/activation/cost.h"
#include "tests/bench/activation/latency.h"
#include "tests/bench/activation/reloads.h"
#include "tests/bench/activation/verdict.h"

namespace {

using namespace guardian;

struct Arguments {
  bool check = false;
  bool small = false;
  std::vector<std::string_view> modes;

  [[nodiscard]] bool wants(std::string_view mode) const {
    return modes.empty() || std::ranges::find(modes, mode) != modes.end();
  }
};

bool read(int count, char** texts, Arguments& arguments) {
  for (int i = 1; i < count; ++i) {
    const std::string_view text = texts[i];
    if (text == "--check") {
      arguments.check = true;
    } else if (text == "--small") {
      arguments.small = true;
    } else if (text == "cost" || text == "latency" || text == "reloads") {
      arguments.modes.push_back(text);
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  if (!read(argc, argv, arguments)) {
    std::fprintf(stderr, "usage: activation-bench [--check] [--small] [cost] [latency] [reloads]\n");
    return 2;
  }
  const bench::BundleSize size = arguments.small ? bench::BundleSize{1'000, 10'000} : bench::BundleSize{};
  bench::Verdicts verdicts;
  // Forks, which only a process without threads may do; counting the heap slows what comes after it.
  if (arguments.wants("latency")) bench::measure_latency(size, verdicts);
  if (arguments.wants("reloads")) bench::measure_reloads(arguments.small ? 1'000 : 10'000, verdicts);
  if (arguments.wants("cost")) bench::measure_cost(size, verdicts);
  return arguments.check && !verdicts.all_hold() ? 1 : 0;
}
