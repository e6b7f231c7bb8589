// What recording costs: decisions a second and their 99th percentile over loopback with the audit trail at `process`
// durability, against the same without one, windows taking turns. Two sidecars of their own processes on the same
// bundle (100 policies, 1,000 agents); one closed-loop client with 64 connections.
//   meson test -C build --benchmark --verbose audit
//   build/tests/bench/audit-bench [--check]
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/net/client.h"
#include "guardian/sidecar/sidecar.h"
#include "tests/bench/activation/bundle.h"
#include "tests/bench/activation/load.h"
#include "tests/bench/activation/verdict.h"

namespace {

using namespace guardian;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr bench::BundleSize kSize{100, 1'000};
constexpr std::size_t kConnections = 64;
constexpr int kRounds = 7;
constexpr auto kWindow = 2s;
constexpr double kMaxP99Ratio = 1.5;
constexpr double kMinThroughput = 0.80;

[[noreturn]] void give_up(const char* what) {
  std::perror(what);
  std::exit(2);
}

// A sidecar in a process of its own; without a place for a trail it records nothing.
class Server {
 public:
  Server(const std::string& cache, const std::string& bundle, const std::string& trust_root) {
    int ends[2];
    if (::pipe(ends) != 0) give_up("pipe");
    pid_ = ::fork();
    if (pid_ < 0) give_up("fork");
    if (pid_ == 0) serve(ends[1], cache, bundle, trust_root);
    ::close(ends[1]);
    if (::read(ends[0], &port_, sizeof port_) != sizeof port_) give_up("a sidecar did not start");
    ::close(ends[0]);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

 private:
  [[noreturn]] static void serve(int end, const std::string& cache, const std::string& bundle,
                                 const std::string& trust_root) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    base::SystemFileSystem files;
    const base::SystemClock clock;
    const base::Logger logger(base::LogLevel::Error, base::LogFormat::Json, ::open("/dev/null", O_WRONLY), clock);
    const auto client = net::make_client({});
    sidecar::Options options;
    options.cache_directory = cache;
    options.offline = true;
    options.bundle_file = bundle;
    options.sync.trust_root = trust_root;
    auto sidecar = sidecar::Sidecar::start(options, {files, clock, logger, *client});
    if (!sidecar) {
      std::fprintf(stderr, "%s\n", sidecar.error().message().c_str());
      ::_exit(2);
    }
    const std::uint16_t port = (*sidecar)->port();
    if (::write(end, &port, sizeof port) != sizeof port) ::_exit(2);
    while (true) ::pause();
  }

  pid_t pid_ = 0;
  std::uint16_t port_ = 0;
};

// Each connection asks again as soon as it is answered.
class ClosedLoop {
 public:
  explicit ClosedLoop(std::uint16_t port) : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    for (std::size_t i = 0; i < kConnections; ++i) {
      const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      sockaddr_in address{};
      address.sin_family = AF_INET;
      address.sin_port = htons(port);
      address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) give_up("connect");
      const int on = 1;
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.u64 = i;
      ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);
      connections_.push_back({base::UniqueFd(fd), {}});
    }
    for (std::size_t i = 0; i < 1'000; ++i) requests_.push_back(request(bench::make_question(kSize, i)));
  }

  // Milliseconds of each answer.
  std::vector<double> run(Clock::duration window) {
    std::vector<double> took;
    const auto end = Clock::now() + window;
    std::size_t busy = 0;
    for (Connection& connection : connections_) {
      ask(connection);
      ++busy;
    }
    std::array<epoll_event, kConnections> events;
    while (busy != 0) {
      const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), 10'000);
      if (count <= 0) give_up("no answer for ten seconds");
      for (int i = 0; i < count; ++i) {
        Connection& connection = connections_[events[static_cast<std::size_t>(i)].data.u64];
        std::array<char, 4096> answer;
        const ssize_t got = ::recv(connection.fd.get(), answer.data(), answer.size(), 0);
        // An answer is one segment here: it is smaller, and nothing else is on the way.
        if (got <= 0 || std::string_view(answer.data(), 12) != "HTTP/1.1 200") give_up("no answer");
        took.push_back(std::chrono::duration<double, std::milli>(Clock::now() - connection.asked).count());
        if (Clock::now() < end) {
          ask(connection);
        } else {
          --busy;
        }
      }
    }
    return took;
  }

 private:
  struct Connection {
    base::UniqueFd fd;
    Clock::time_point asked;
  };
  static std::string request(const std::string& body) {
    return "POST /enforce HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  void ask(Connection& connection) {
    const std::string& text = requests_[next_++ % requests_.size()];
    connection.asked = Clock::now();
    if (::send(connection.fd.get(), text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size())) {
      give_up("send");
    }
  }

  base::UniqueFd epoll_;
  std::vector<Connection> connections_;
  std::vector<std::string> requests_;
  std::size_t next_ = 0;
};

struct Figures {
  std::vector<double> per_second;
  std::vector<double> p99;

  void add(std::vector<double> took, std::chrono::duration<double> window) {
    per_second.push_back(static_cast<double>(took.size()) / window.count());
    p99.push_back(bench::percentile(took, 0.99));
  }
  void print(const char* what) {
    std::printf("      %-12s median %8.0f decisions a second, median p99 %.3f ms\n", what,
                bench::percentile(per_second, 0.5), bench::percentile(p99, 0.5));
  }
};

}  // namespace

int main(int argc, char** argv) {
  const bool check = argc > 1 && std::string_view(argv[1]) == "--check";
  std::string directory = (std::filesystem::temp_directory_path() / "audit-bench-XXXXXX").string();
  if (::mkdtemp(directory.data()) == nullptr) give_up("mkdtemp");
  auto key = crypto::PrivateKey::generate(crypto::KeyType::Ed25519);
  if (!key) give_up("key");
  const std::string bundle = directory + "/bundle.json";
  std::ofstream(bundle) << bench::make_envelope(bench::make_payload(kSize, 1'000), *key);
  // A file stands where the directory of the one without a trail should be.
  std::ofstream(directory + "/file") << "x";
  bench::Verdicts verdicts;
  {
    const Server with(directory + "/cache", bundle, key->public_key().jwk());
    const Server without(directory + "/file/cache", bundle, key->public_key().jwk());
    ClosedLoop load_with(with.port());
    ClosedLoop load_without(without.port());
    load_with.run(500ms);
    load_without.run(500ms);
    Figures on;
    Figures off;
    for (int round = 0; round < kRounds; ++round) {
      off.add(load_without.run(kWindow), kWindow);
      on.add(load_with.run(kWindow), kWindow);
    }
    off.print("audit off");
    on.print("audit on");
    verdicts.at_least("decisions a second with audit on, to those without",
                      bench::percentile(on.per_second, 0.5) / bench::percentile(off.per_second, 0.5), kMinThroughput,
                      "times");
    verdicts.at_most("p99 with audit on, to that without",
                     bench::percentile(on.p99, 0.5) / bench::percentile(off.p99, 0.5), kMaxP99Ratio, "times");
  }
  std::filesystem::remove_all(directory);
  return check && !verdicts.all_hold() ? 1 : 0;
}
