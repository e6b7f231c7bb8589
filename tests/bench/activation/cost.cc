#include "tests/bench/activation/cost.h"

#include <sys/resource.h>
#include <time.h>  // NOLINT(modernize-deprecated-headers): clock_gettime is POSIX, not C++

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <vector>

#include "guardian/bundle/verify.h"
#include "guardian/decision/snapshot.h"
#include "tests/bench/activation/heap.h"

namespace guardian::bench {

namespace {

constexpr int kRuns = 5;
constexpr double kMaxSeconds = 1.5;
constexpr double kMaxTimesPayload = 4.0;

double cpu_seconds() noexcept {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// Where the seconds and bytes go.
struct Cost {
  double open = 0;
  double verify = 0;
  double compile = 0;
  std::size_t peak = 0;
  std::size_t kept = 0;
  [[nodiscard]] double seconds() const noexcept { return open + verify + compile; }
};

template <typename T>
T must(base::Result<T> result) {
  if (result.ok()) return std::move(result).value();
  std::fprintf(stderr, "%s\n", result.error().message().c_str());
  std::exit(2);
}

Cost activate_once(const std::string& envelope, const bundle::TrustRoot& trust) {
  Cost cost;
  const std::size_t heap_before = heap_now();
  reset_heap_peak();
  std::string received = envelope;
  const double began = cpu_seconds();
  auto sealed = must(bundle::SealedBundle::open(std::move(received), bundle::kDefaultMaxBundleBytes));
  cost.open = cpu_seconds() - began;
  bundle::Admission admission;
  admission.origin = bundle::Origin::Fetched;
  admission.now = {1'777'000'000, 0};
  auto verified = must(bundle::verify(std::move(sealed), trust, admission));
  cost.verify = cpu_seconds() - began - cost.open;
  const decision::Snapshot snapshot(std::move(verified));
  cost.compile = cpu_seconds() - began - cost.open - cost.verify;
  cost.peak = heap_peak() - heap_before;
  cost.kept = heap_now() - heap_before;
  return cost;
}

double mebibytes(std::size_t bytes) noexcept { return static_cast<double>(bytes) / (1024.0 * 1024.0); }

}  // namespace

void measure_cost(const BundleSize& size, Verdicts& verdicts) {
  count_heap();
  const crypto::PrivateKey key = must(crypto::PrivateKey::generate(crypto::KeyType::Ed25519));
  const auto trust = must(bundle::TrustRoot::parse(key.public_key().jwk()));
  std::string payload = make_payload(size, 1);
  const std::size_t payload_bytes = payload.size();
  const std::string envelope = make_envelope(std::move(payload), key);
  std::vector<Cost> runs;
  for (int run = 0; run < kRuns; ++run) runs.push_back(activate_once(envelope, trust));
  const Cost& best = *std::ranges::min_element(runs, {}, &Cost::seconds);
  const Cost& worst = *std::ranges::max_element(runs, {}, &Cost::seconds);
  std::printf("cost: %zu policies, %zu agents, payload %.1f MiB, envelope %.1f MiB\n", size.policies, size.agents,
              mebibytes(payload_bytes), mebibytes(envelope.size()));
  std::printf("      best of %d runs: open %.3f s, verify %.3f s, compile %.3f s; slowest %.3f s\n", kRuns, best.open,
              best.verify, best.compile, worst.seconds());
  const auto times_payload = [&](std::size_t bytes) {
    return static_cast<double>(bytes) / static_cast<double>(payload_bytes);
  };
  std::printf("      heap: peak %.1f MiB, kept %.1f MiB (%.2f times the payload)\n", mebibytes(best.peak),
              mebibytes(best.kept), times_payload(best.kept));
  verdicts.at_most("open, verify and compile", best.seconds(), kMaxSeconds, "s of CPU");
  verdicts.at_most("peak heap, received bytes included", times_payload(best.peak), kMaxTimesPayload,
                   "times the payload");
}

}  // namespace guardian::bench
