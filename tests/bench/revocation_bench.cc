// How long a revocation takes from the gateway's publishing it to a long-polling sidecar's denying, over loopback, with
// the real gateway, client, cache and sync loop, while others poll the same gateway. Against its bound of one second.
//   meson test -C build --benchmark --verbose revocation
//   build/tests/bench/revocation-bench [--check]
// With --check a figure over its bound makes the exit code 1.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "guardian/base/clock.h"
#include "guardian/gateway/gateway.h"
#include "guardian/net/client.h"
#include "guardian/sync/poller.h"
#include "tests/support/temp_dir.h"

namespace {

using namespace guardian;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kRounds = 40;
constexpr int kSidecars = 20;
constexpr milliseconds kBound{1'000};
constexpr milliseconds kGiveUp{30'000};

template <typename T>
T must(base::Result<T> result, const char* what) {
  if (!result.ok()) {
    std::fprintf(stderr, "%s: %s\n", what, result.error().message().c_str());
    std::exit(2);
  }
  return std::move(result).value();
}

// One sidecar's syncing half with a cache of its own.
struct Sidecar {
  Sidecar(const sync::Options& options, const std::string& directory, base::FileSystem& files, const base::Clock& clock,
          net::HttpClient& client, const base::Logger& logger)
      : cache(files, directory) {
    if (!cache.prepare().ok()) std::exit(2);
    syncer = must(sync::Syncer::create(options, cache, client, clock, active), "syncer");
    if (!syncer->load_cached().ok()) std::exit(2);
    poller = std::make_unique<sync::Poller>(*syncer, options, logger);
  }

  [[nodiscard]] bool denies(const std::string& agent) const {
    const auto snapshot = active.get();
    if (snapshot == nullptr) return true;
    policy::Request request;
    request.action = "read:x";
    return !snapshot->engine()
                .decide({agent, request},
                        std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now()))
                .allow;
  }

  bundle::Cache cache;
  decision::ActiveSnapshot active;
  std::unique_ptr<sync::Syncer> syncer;
  std::unique_ptr<sync::Poller> poller;
};

bool wait_until(const std::vector<std::unique_ptr<Sidecar>>& sidecars, const std::string& agent, bool denies) {
  const auto end = steady_clock::now() + kGiveUp;
  while (!std::ranges::all_of(sidecars, [&](const auto& sidecar) { return sidecar->denies(agent) == denies; })) {
    if (steady_clock::now() > end) return false;
    std::this_thread::sleep_for(milliseconds(1));
  }
  return true;
}

void write_agents(const test::TempDir& dir, int revoked) {
  std::string agents = "agents:\n";
  std::string revocations = "revocations:\n  agents: [";
  for (int i = 0; i < kRounds; ++i) {
    agents += "  - {id: agent-" + std::to_string(i) + ", trustTier: verified}\n";
    if (i < revoked) revocations += (i == 0 ? "agent-" : ", agent-") + std::to_string(i);
  }
  dir.write("agents.yaml", agents);
  dir.write("bundle.yaml", revocations + "]\n");
}

}  // namespace

int main(int argc, char** argv) {
  const bool check = argc == 2 && std::strcmp(argv[1], "--check") == 0;
  if (argc > 1 && !check) {
    std::fprintf(stderr, "usage: revocation-bench [--check]\n");
    return 2;
  }
  base::SystemFileSystem files;
  const base::SystemClock clock;
  const int log = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  const base::Logger logger(base::LogLevel::Error, base::LogFormat::Json, log, clock);
  const test::TempDir dir;
  dir.write("policies/all.yaml",
            "name: all\nversion: '1'\nappliesTo: {agentIds: ['*']}\n"
            "rules: [{effect: allow, actions: ['read:*']}]\n");
  write_agents(dir, 0);
  const auto key = must(crypto::PrivateKey::generate(crypto::KeyType::Ed25519), "key");
  gateway::Options gateway_options;
  gateway_options.directory = dir.path();
  gateway_options.admin_token = "bench-token";
  const auto keys = [&key]() -> base::Result<std::vector<crypto::PrivateKey>> {
    GUARDIAN_ASSIGN(crypto::PrivateKey own, crypto::PrivateKey::from_pem(key.pem()));
    std::vector<crypto::PrivateKey> all;
    all.push_back(std::move(own));
    return all;
  };
  const auto gateway = must(gateway::Gateway::open(gateway_options, keys, files, clock, logger), "gateway");
  const auto server = must(net::HttpServer::start({}, gateway->routes()), "server");
  const auto client = net::make_client({});

  sync::Options options;
  options.gateway_url = "http://127.0.0.1:" + std::to_string(server->port());
  options.admin_token = gateway_options.admin_token;
  options.trust_root = key.public_key().pem();
  options.long_poll = std::chrono::seconds(60);
  std::vector<std::unique_ptr<Sidecar>> sidecars;
  for (int i = 0; i < kSidecars; ++i) {
    sidecars.push_back(
        std::make_unique<Sidecar>(options, dir.file("cache-" + std::to_string(i)), files, clock, *client, logger));
  }
  if (!wait_until(sidecars, "agent-0", false)) return 2;

  std::vector<double> milliseconds_taken;
  for (int round = 0; round < kRounds; ++round) {
    write_agents(dir, round + 1);
    must(gateway->rebuild(), "rebuild");
    const auto published = steady_clock::now();
    if (!wait_until(sidecars, "agent-" + std::to_string(round), true)) return 2;
    milliseconds_taken.push_back(std::chrono::duration<double, std::milli>(steady_clock::now() - published).count());
    // Long enough for all to ask again, and to be held: what comes before that is fetched without a wait anyway.
    std::this_thread::sleep_for(milliseconds(200));
  }
  for (const auto& sidecar : sidecars) sidecar->poller->stop();
  gateway->stop_holding();
  std::ranges::sort(milliseconds_taken);
  const double worst = milliseconds_taken.back();
  const bool holds = worst <= static_cast<double>(kBound.count());
  std::printf(
      "revocation: published to denied by all of %d long-polling sidecars, %d rounds: median %.1f ms, worst %.1f ms, "
      "bound %lld ms: %s\n",
      kSidecars, kRounds, milliseconds_taken[milliseconds_taken.size() / 2], worst,
      static_cast<long long>(kBound.count()), holds ? "PASS" : "FAIL");
  return check && !holds ? 1 : 0;
}
