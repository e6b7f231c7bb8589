#include "tests/bench/activation/latency.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "guardian/net/server.h"
#include "guardian/sidecar/sidecar.h"
#include "tests/bench/activation/load.h"

namespace guardian::bench {

namespace {

using namespace std::chrono_literals;
using Clock = Load::Clock;

constexpr double kMaxRatio = 2.0;
constexpr unsigned kFirstVersion = 1'000;  // of the same number of digits as all that follow
constexpr unsigned kRounds = 5;
constexpr unsigned kActivationsPerRound = 2;
constexpr unsigned kVersions = kRounds * kActivationsPerRound + 1;
constexpr unsigned kRequestsPerSecond = 1'000;
constexpr std::size_t kConnections = 32;
constexpr auto kQuiet = 3s;
constexpr auto kMaxActivation = 60s;

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(2);
}

template <typename T>
T must(base::Result<T> result) {
  if (!result.ok()) give_up(result.error().message());
  return std::move(result).value();
}

// What the three processes share: the version that the gateway serves.
struct Shared {
  std::atomic<unsigned> published{kFirstVersion};
};

// A process that reports a port and then serves until it is told to end.
class Child {
 public:
  template <typename Run>
  explicit Child(Run run) {
    int ends[2];
    if (::pipe(ends) != 0) give_up("pipe");
    pid_ = ::fork();
    if (pid_ < 0) give_up("fork");
    if (pid_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::close(ends[0]);
      run([&](std::uint16_t port) {
        if (::write(ends[1], &port, sizeof port) != sizeof port) ::_exit(2);
        while (true) ::pause();
      });
      ::_exit(2);
    }
    ::close(ends[1]);
    if (::read(ends[0], &port_, sizeof port_) != sizeof port_) give_up("a server did not start");
    ::close(ends[0]);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] pid_t process() const noexcept { return pid_; }

 private:
  pid_t pid_ = 0;
  std::uint16_t port_ = 0;
};

// Everything is signed before the first request, so that nothing but serving is done during the measurement.
std::vector<std::string> make_envelopes(const BundleSize& size, const crypto::PrivateKey& key) {
  std::string payload = make_payload(size, kFirstVersion);
  const std::size_t at = payload.find(std::to_string(kFirstVersion));
  std::vector<std::string> envelopes;
  for (unsigned i = 0; i < kVersions; ++i) {
    payload.replace(at, 4, std::to_string(kFirstVersion + i));
    envelopes.push_back(make_envelope(payload, key));
  }
  return envelopes;
}

template <typename Report>
void serve_bundles(const BundleSize& size, const crypto::PrivateKey& key, const Shared& shared, Report report) {
  const auto envelopes = make_envelopes(size, key);
  net::ServerOptions options;
  options.threads = 4;
  const auto bundle = [&](const net::Request& request) {
    const unsigned version = shared.published.load();
    const std::string etag = "\"" + std::to_string(version) + "\"";
    net::Response response;
    response.headers.add("ETag", etag);
    if (request.headers.find("If-None-Match") == etag) {
      // A sidecar without an interval asks again at once.
      std::this_thread::sleep_for(50ms);
      response.status = 304;
    } else {
      response.body = envelopes[version - kFirstVersion];
    }
    return response;
  };
  const auto server = must(net::HttpServer::start(options, {{"GET", "/api/v1/guardian/bundle", bundle}}));
  report(server->port());
}

// A gateway is on another machine: here it takes only what time the sidecar leaves.
void give_way() {
  const sched_param none = {};
  if (::sched_setscheduler(0, SCHED_IDLE, &none) != 0) give_up("sched_setscheduler");
}

template <typename Report>
void serve_decisions(const crypto::PrivateKey& key, std::uint16_t gateway, const std::string& cache, Report report) {
  base::SystemFileSystem files;
  const base::SystemClock clock;
  const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  const base::Logger logger(base::LogLevel::Info, base::LogFormat::Json, null, clock);
  const auto client = net::make_client({});
  sidecar::Options options;
  options.cache_directory = cache;
  options.server.keep_alive_timeout = 600s;  // connections wait for their turn
  options.server.request_timeout = 600s;
  options.sync.gateway_url = "http://127.0.0.1:" + std::to_string(gateway);
  options.sync.admin_token = "admin-token";
  options.sync.trust_root = key.public_key().jwk();
  options.sync.interval = 0s;
  const auto sidecar = must(sidecar::Sidecar::start(options, {files, clock, logger, *client}));
  report(sidecar->port());
}

// Until the answers come from that version.
std::vector<double> load_until(Load& load, unsigned version) {
  const std::string wanted = std::to_string(version);
  const auto deadline = Clock::now() + kMaxActivation;
  auto times = load.run([&] { return load.version() == wanted || Clock::now() > deadline; });
  if (load.version() != wanted) give_up("version " + wanted + " was not activated in time");
  return times;
}

std::vector<double> load_for(Load& load, std::chrono::nanoseconds duration) {
  const auto end = Clock::now() + duration;
  return load.run([&] { return Clock::now() >= end; });
}

void append(std::vector<double>& all, const std::vector<double>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

void print(const char* what, std::vector<double>& times) {
  const double p99 = percentile(times, 0.99);
  std::printf("      %-20s %7zu requests: median %.3f ms, p99 %.3f ms, p99.9 %.3f ms, slowest %.3f ms\n", what,
              times.size(), percentile(times, 0.5), p99, percentile(times, 0.999), times.back());
}

double resident_mebibytes(pid_t process) {
  std::ifstream statm("/proc/" + std::to_string(process) + "/statm");
  double size = 0;
  double resident = 0;
  statm >> size >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1024.0 * 1024.0);
}

}  // namespace

void measure_latency(const BundleSize& size, Verdicts& verdicts) {
  void* const memory = ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) give_up("mmap");
  auto& shared = *new (memory) Shared();
  std::string cache = (std::filesystem::temp_directory_path() / "activation-bench-XXXXXX").string();
  if (::mkdtemp(cache.data()) == nullptr) give_up("mkdtemp");
  const crypto::PrivateKey key = must(crypto::PrivateKey::generate(crypto::KeyType::Ed25519));
  {
    const Child gateway([&](auto report) {
      give_way();
      serve_bundles(size, key, shared, report);
    });
    const Child sidecar([&](auto report) { serve_decisions(key, gateway.port(), cache, report); });
    Load load(sidecar.port(), kConnections, kRequestsPerSecond,
              [&](std::size_t number) { return make_question(size, number); });
    load_until(load, kFirstVersion);
    load_for(load, 1s);
    std::vector<double> quiet;
    std::vector<double> busy;
    std::chrono::duration<double> activating{};
    for (unsigned round = 0; round < kRounds; ++round) {
      append(quiet, load_for(load, kQuiet));
      const auto began = Clock::now();
      for (unsigned i = 0; i < kActivationsPerRound; ++i) append(busy, load_until(load, ++shared.published));
      activating += Clock::now() - began;
      load_for(load, 500ms);
    }
    std::printf("latency: %u requests a second, %u activations of %.2f s each\n", kRequestsPerSecond, kVersions - 1,
                activating.count() / (kVersions - 1));
    print("without activation", quiet);
    print("during activation", busy);
    std::printf("      the sidecar has %.1f MiB resident after the last\n", resident_mebibytes(sidecar.process()));
    verdicts.at_most("p99 of /enforce during activation, to that without",
                     percentile(busy, 0.99) / percentile(quiet, 0.99), kMaxRatio, "times");
  }
  std::filesystem::remove_all(cache);
  ::munmap(memory, sizeof(Shared));
}

}  // namespace guardian::bench
