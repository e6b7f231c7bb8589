#include "tests/bench/activation/reloads.h"

#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>

#include "guardian/sync/syncer.h"
#include "tests/bench/activation/bundle.h"

namespace guardian::bench {

namespace {

constexpr std::size_t kFirst = 100;
constexpr double kMaxGrowth = 10;  // per cent
constexpr std::size_t kReaders = 4;

template <typename T>
T must(base::Result<T> result) {
  if (result.ok()) return std::move(result).value();
  std::fprintf(stderr, "%s\n", result.error().message().c_str());
  std::exit(2);
}

// Answers every request for the bundle with the next version, of two contents in turn.
class EndlessGateway final : public net::HttpClient {
 public:
  explicit EndlessGateway(const crypto::PrivateKey& key) : key_(key) {}

  [[nodiscard]] base::Result<net::Answer> send(const net::Call&) override {
    ++version_;
    net::Answer answer;
    answer.status = 200;
    answer.headers.add("ETag", "\"" + std::to_string(version_) + "\"");
    answer.body =
        make_envelope(make_payload(version_ % 2 == 0 ? BundleSize{20, 100} : BundleSize{40, 60}, version_), key_);
    return answer;
  }

 private:
  const crypto::PrivateKey& key_;
  unsigned version_ = 0;
};

double resident_mebibytes() {
  std::ifstream statm("/proc/self/statm");
  double size = 0;
  double resident = 0;
  statm >> size >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1024.0 * 1024.0);
}

// Asks as a request does: takes the snapshot, decides, lets it go.
void keep_asking(const decision::ActiveSnapshot& active, const std::stop_token& stop) {
  const base::SystemClock clock;
  policy::Request request;
  request.action = "read:customer";
  while (!stop.stop_requested()) {
    const auto snapshot = active.get();
    if (snapshot != nullptr) static_cast<void>(snapshot->engine().decide({"agent_nobody", request, {}}, clock.now()));
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
}

}  // namespace

void measure_reloads(std::size_t reloads, Verdicts& verdicts) {
  std::string directory = (std::filesystem::temp_directory_path() / "activation-bench-XXXXXX").string();
  if (::mkdtemp(directory.data()) == nullptr) std::exit(2);
  {
    const crypto::PrivateKey key = must(crypto::PrivateKey::generate(crypto::KeyType::Ed25519));
    base::SystemFileSystem files;
    const base::SystemClock clock;
    EndlessGateway gateway(key);
    bundle::Cache cache(files, directory);
    decision::ActiveSnapshot active;
    sync::Options options;
    options.gateway_url = "http://127.0.0.1:1";
    options.admin_token = "admin-token";
    options.trust_root = key.public_key().jwk();
    const auto syncer = must(sync::Syncer::create(options, cache, gateway, clock, active));
    std::vector<std::jthread> readers;
    for (std::size_t i = 0; i < kReaders; ++i) {
      readers.emplace_back([&active](const std::stop_token& stop) { keep_asking(active, stop); });
    }
    double first = 0;
    for (std::size_t i = 1; i <= reloads; ++i) {
      const auto report = syncer->sync_once();
      if (report.outcome != sync::Outcome::Applied) {
        std::fprintf(stderr, "a reload failed: %s\n", report.error ? report.error->message().c_str() : "not applied");
        std::exit(2);
      }
      if (i == kFirst) first = resident_mebibytes();
    }
    const double last = resident_mebibytes();
    std::printf("reloads: %.2f MiB resident after %zu, %.2f MiB after %zu\n", first, kFirst, last, reloads);
    verdicts.at_most("resident memory, growth since the first hundred", 100.0 * (last - first) / first, kMaxGrowth,
                     "per cent");
  }
  std::filesystem::remove_all(directory);
}

}  // namespace guardian::bench
