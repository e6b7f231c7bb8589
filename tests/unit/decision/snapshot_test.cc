#include "guardian/decision/snapshot.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <thread>
#include <vector>

#include "tests/support/bundle_builder.h"

namespace guardian::decision {

namespace {

using namespace std::chrono_literals;

// Makes snapshots and knows which of their bundles live.
class Generations {
 public:
  std::shared_ptr<const Snapshot> next() {
    auto verified = test::BundleBuilder().verified(key_);
    made_.push_back(verified);
    return std::make_shared<const Snapshot>(std::move(verified));
  }
  [[nodiscard]] std::size_t alive() const {
    return static_cast<std::size_t>(std::ranges::count_if(made_, [](const auto& bundle) { return !bundle.expired(); }));
  }
  [[nodiscard]] bool alive(std::size_t number) const { return !made_[number].expired(); }

 private:
  crypto::PrivateKey key_ = test::make_key();
  std::vector<std::weak_ptr<const bundle::VerifiedBundle>> made_;
};

}  // namespace

TEST_CASE("snapshot: what nobody reads any more is freed when the next is activated") {
  Generations generations;
  ActiveSnapshot active;
  for (int i = 0; i < 5; ++i) {
    active.activate(generations.next());
    CHECK(generations.alive() == 1);
  }
  CHECK(active.free_retired(0ms));
}

TEST_CASE("snapshot: a reader keeps the snapshot it took, and the two are all that live") {
  Generations generations;
  ActiveSnapshot active;
  active.activate(generations.next());
  auto reader = active.get();
  const Snapshot* const taken = reader.get();
  active.activate(generations.next());
  CHECK(reader.get() == taken);
  CHECK(active.get().get() != taken);
  CHECK(reader->engine().find_agent("agent_abc123") != nullptr);
  CHECK_FALSE(active.free_retired(1ms));
  CHECK(generations.alive() == 2);
  reader.reset();
  CHECK(active.free_retired(0ms));
  CHECK(generations.alive() == 1);
}

TEST_CASE("snapshot: the last reader gives an old snapshot back and leaves freeing it to the one who activates") {
  Generations generations;
  ActiveSnapshot active;
  active.activate(generations.next());
  auto reader = active.get();
  active.activate(generations.next());
  std::jthread([held = std::move(reader)]() mutable { held.reset(); }).join();
  CHECK(generations.alive(0));
  CHECK(active.free_retired(0ms));
  CHECK_FALSE(generations.alive(0));
}

TEST_CASE("snapshot: with waiting before each activation at most two live, whoever reads meanwhile") {
  constexpr std::size_t kReaders = 3;
  constexpr int kActivations = 50;
  Generations generations;
  ActiveSnapshot active;
  active.activate(generations.next());
  std::vector<std::jthread> readers;
  for (std::size_t i = 0; i < kReaders; ++i) {
    readers.emplace_back([&active](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        const auto snapshot = active.get();
        std::this_thread::yield();
        if (snapshot->engine().find_agent("agent_abc123") == nullptr) return;
      }
    });
  }
  for (int i = 0; i < kActivations; ++i) {
    REQUIRE(active.free_retired(60s));
    active.activate(generations.next());
    REQUIRE(generations.alive() <= 2);
  }
  readers.clear();
  CHECK(active.free_retired(0ms));
  CHECK(generations.alive() == 1);
}

TEST_CASE("snapshot: waiting for a reader ends when told to stop") {
  Generations generations;
  ActiveSnapshot active;
  active.activate(generations.next());
  const auto reader = active.get();
  active.activate(generations.next());
  std::stop_source stop;
  stop.request_stop();
  CHECK_FALSE(active.free_retired(60s, stop.get_token()));
}

TEST_CASE("snapshot: a reader may outlive the place it took its snapshot from") {
  Generations generations;
  auto active = std::make_unique<ActiveSnapshot>();
  active->activate(generations.next());
  auto reader = active->get();
  active.reset();
  CHECK(reader->engine().find_agent("agent_abc123") != nullptr);
  reader.reset();
  CHECK(generations.alive() == 0);
}

}  // namespace guardian::decision
