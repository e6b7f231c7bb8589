// How long one decision takes in process: the examples' bundle, the product document's requests, no HTTP and no JSON.
//   meson test -C build --benchmark --verbose
// Prints the median and the 99th percentile of batches, in nanoseconds a decision. Nothing is asserted: machines
// differ.
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "guardian/base/clock.h"
#include "guardian/bundle/build.h"
#include "guardian/decision/engine.h"
#include "guardian/json/reader.h"

namespace {

using namespace guardian;

constexpr std::size_t kBatches = 2'000;
constexpr std::size_t kDecisionsPerBatch = 100;

struct Case {
  const char* name;
  const char* agent;
  policy::Request request;
};

void measure(const decision::Engine& engine, const Case& bench, const base::Clock& clock) {
  const decision::Question question{bench.agent, bench.request};
  const base::TimePoint now = clock.now();
  std::vector<double> nanoseconds;
  std::size_t allowed = 0;
  for (std::size_t batch = 0; batch < kBatches; ++batch) {
    const auto began = clock.monotonic();
    for (std::size_t i = 0; i < kDecisionsPerBatch; ++i) allowed += engine.decide(question, now).allow ? 1U : 0U;
    const auto took = static_cast<double>((clock.monotonic() - began).count());
    nanoseconds.push_back(took / static_cast<double>(kDecisionsPerBatch));
  }
  std::ranges::sort(nanoseconds);
  std::printf("%-28s %8.0f ns median %8.0f ns p99   %s\n", bench.name, nanoseconds[kBatches / 2],
              nanoseconds[kBatches * 99 / 100], allowed > 0 ? "allow" : "deny");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  base::SystemFileSystem files;
  const base::SystemClock clock;
  bundle::BuildOptions options;
  options.now = clock.now();
  auto built = bundle::payload_from_directory(files, argv[1], options);
  if (!built) {
    std::fprintf(stderr, "%s\n", built.error().message().c_str());
    return 1;
  }
  const decision::Engine engine(std::make_shared<const bundle::Payload>(std::move(built->payload)));
  const auto internal = json::parse(R"({"recipient":"user@example.com","amount":45.00})");
  const auto external = json::parse(R"({"recipient":"someone@elsewhere.net"})");
  policy::Request email;
  email.action = "write:email";
  email.resource = "customer-data";
  email.context = internal->root();
  measure(engine, {"allow, two conditions", "agent_abc123", email}, clock);
  email.context = external->root();
  measure(engine, {"deny, two conditions", "agent_abc123", email}, clock);
  policy::Request unknown;
  unknown.action = "no:rule";
  measure(engine, {"deny by default", "agent_abc123", unknown}, clock);
  measure(engine, {"deny, unknown agent", "agent_nobody", unknown}, clock);
  return 0;
}
