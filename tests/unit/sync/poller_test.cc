#include "guardian/sync/poller.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <condition_variable>
#include <future>
#include <mutex>

#include "tests/unit/sync/rig.h"

using namespace guardian::sync;
using namespace guardian::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

SyncReport failed(bool retry_soon) {
  SyncReport report;
  report.error = guardian::base::Error(guardian::base::ErrorCode::Network, "away");
  report.retry_soon = retry_soon;
  return report;
}

// Gives one bundle, and holds every request that it may hold until that is given up.
class HoldingGateway final : public guardian::net::HttpClient {
 public:
  explicit HoldingGateway(std::string bundle) : bundle_(std::move(bundle)) {}

  guardian::base::Result<guardian::net::Answer> send(const guardian::net::Call& call) override {
    guardian::net::Answer answer;
    answer.headers.add("ETag", "\"1\"");
    if (!call.headers.find("If-None-Match")) {
      answer.status = 200;
      answer.body = bundle_;
      return answer;
    }
    if (!call.headers.find("Prefer")) {
      answer.status = 304;
      return answer;
    }
    std::unique_lock lock(mutex_);
    const std::stop_callback wake(call.stop, [this] {
      const std::lock_guard inner(mutex_);
      changed_.notify_all();
    });
    holding_ = true;
    changed_.notify_all();
    changed_.wait(lock, [&] { return call.stop.stop_requested(); });
    holding_ = false;
    return guardian::base::Error(guardian::base::ErrorCode::Network, "given up");
  }

  // False when it does not hold a request in time.
  bool wait_until_holding(seconds patience) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [this] { return holding_; });
  }

 private:
  std::string bundle_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool holding_ = false;
};

// A poller over a holding gateway, long-polling.
struct Polling {
  Polling() {
    REQUIRE(::pipe(ends) == 0);
    options.gateway_url = "http://127.0.0.1:1";
    options.trust_root = key.public_key().pem();
    options.interval = seconds(3'600);
    options.long_poll = seconds(300);
    REQUIRE(cache.prepare().ok());
    syncer = Syncer::create(options, cache, gateway, clock, active).value();
    REQUIRE(syncer->load_cached().ok());
  }
  ~Polling() {
    ::close(ends[0]);
    ::close(ends[1]);
  }

  int ends[2] = {-1, -1};
  guardian::crypto::PrivateKey key = make_key();
  HoldingGateway gateway{bundle_of(key, kFirst)};
  FakeClock clock;
  guardian::base::SystemFileSystem files;
  TempDir dir;
  guardian::bundle::Cache cache{files, dir.file("cache")};
  guardian::decision::ActiveSnapshot active;
  Options options;
  std::unique_ptr<Syncer> syncer;
  guardian::base::Logger logger{guardian::base::LogLevel::Error, guardian::base::LogFormat::Json, ends[1], clock};
};

}  // namespace

TEST_CASE("poller: a sync that is asked for does not wait for a request that the gateway holds") {
  Polling world;
  std::promise<void> first;
  Poller poller(*world.syncer, world.options, world.logger, [&, told = false](const SyncReport&) mutable {
    if (!std::exchange(told, true)) first.set_value();
  });
  first.get_future().wait();
  std::promise<Outcome> told;
  poller.sync_now([&](const SyncReport& report) { told.set_value(report.outcome); });
  CHECK(told.get_future().get() == Outcome::Unchanged);
  const auto before = world.syncer->status();
  CHECK(before.last_sync_success);
  poller.stop();
}

TEST_CASE("poller: one that is stopped tells those who wait, also those who come later") {
  Polling world;
  Poller poller(*world.syncer, world.options, world.logger);
  poller.stop();
  Outcome told = Outcome::Applied;
  poller.sync_now([&](const SyncReport& report) { told = report.outcome; });
  CHECK(told == Outcome::Cancelled);
}

TEST_CASE("poller: after it was asked for a sync it has the gateway hold requests again, without an interval between") {
  Polling world;
  Poller poller(*world.syncer, world.options, world.logger);
  std::promise<void> told;
  poller.sync_now([&](const SyncReport&) { told.set_value(); });
  told.get_future().wait();
  CHECK(world.gateway.wait_until_holding(seconds(30)));
}

TEST_CASE("poller: the gateway is not asked to hold a request before it has confirmed the bundle once") {
  Polling world;
  REQUIRE(world.syncer->sync_once().outcome == Outcome::Applied);
  std::promise<Outcome> told;
  Poller poller(*world.syncer, world.options, world.logger, [&, first = true](const SyncReport& report) mutable {
    if (std::exchange(first, false)) told.set_value(report.outcome);
  });
  auto outcome = told.get_future();
  const bool answered = outcome.wait_for(seconds(30)) == std::future_status::ready;
  CHECK(answered);
  if (answered) CHECK(outcome.get() == Outcome::Unchanged);
}

TEST_CASE("wait: after a request that the gateway held the next one follows at once, but not without any pause") {
  SyncReport held;
  held.outcome = Outcome::Unchanged;
  held.held = true;
  CHECK(next_wait(held, seconds(60), 0, 0.5) == milliseconds(100));
  SyncReport failed_hold = failed(false);
  failed_hold.held = true;
  CHECK(next_wait(failed_hold, seconds(60), 0, 0.5) == milliseconds(60'000));
}

TEST_CASE("wait: after a success the interval with ten percent jitter") {
  CHECK(next_wait({}, seconds(60), 0, 0.0) == milliseconds(54'000));
  CHECK(next_wait({}, seconds(60), 0, 0.5) == milliseconds(60'000));
  CHECK(next_wait({}, seconds(60), 0, 0.999'999) < milliseconds(66'001));
}

TEST_CASE("wait: a refusal is tried again at the interval") {
  CHECK(next_wait(failed(false), seconds(60), 0, 0.5) == milliseconds(60'000));
}

TEST_CASE("wait: backoff has full jitter, doubles from half a second and never passes the interval") {
  CHECK(next_wait(failed(true), seconds(60), 1, 0.999'999) <= milliseconds(500));
  CHECK(next_wait(failed(true), seconds(60), 4, 0.5) == milliseconds(2'000));
  CHECK(next_wait(failed(true), seconds(60), 500, 0.999'999) <= milliseconds(60'000));
  CHECK(next_wait(failed(true), seconds(1), 9, 0.999'999) <= milliseconds(1'000));
  CHECK(next_wait(failed(true), seconds(60), 1, 0.0) > milliseconds(0));
}

TEST_CASE("wait: what the gateway asked for comes first, but is never a busy loop") {
  SyncReport report = failed(true);
  report.retry_after = seconds(120);
  CHECK(next_wait(report, seconds(60), 3, 0.5) == milliseconds(120'000));
  report.retry_after = seconds(0);
  CHECK(next_wait(report, seconds(60), 3, 0.5) == milliseconds(500));
}
