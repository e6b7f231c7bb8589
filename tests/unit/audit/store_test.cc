#include "guardian/audit/store.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <thread>
#include <vector>

#include "guardian/audit/segment.h"
#include "support/temp_dir.h"

namespace guardian::audit {

namespace {

struct Rig {
  explicit Rig(Durability durability = Durability::Process) {
    options.directory = directory.file("audit");
    options.sidecar = "sidecar-1";
    options.durability = durability;
    options.forwards = true;
    auto opened = Store::open(options, clock, logger, event("sidecar.started"));
    REQUIRE(opened.ok());
    store = std::move(opened).value();
  }
  [[nodiscard]] Draft event(std::string_view type, bool urgent = false) const {
    return DraftBuilder(type, "sidecar-1", clock.now()).urgent(urgent).finish();
  }
  // The seqs that are in the store, in order.
  [[nodiscard]] std::vector<std::uint64_t> seqs() const {
    std::vector<std::uint64_t> found;
    const auto segments = list_segments(options.directory);
    REQUIRE(segments.ok());
    for (const Segment& segment : *segments) {
      LineReader reader = LineReader::open(segment.path).value();
      for (auto step = reader.next().value(); step.found == LineReader::Found::Line; step = reader.next().value()) {
        found.push_back(read_event_line(step.text)->seq);
      }
    }
    return found;
  }

  test::TempDir directory;
  base::SystemClock clock;
  int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  base::Logger logger{base::LogLevel::Error, base::LogFormat::Json, null, clock};
  StoreOptions options;
  std::unique_ptr<Store> store;
};

}  // namespace

TEST_CASE("store: what many threads append is written once each, and told after it is there") {
  constexpr std::size_t kThreads = 8;
  constexpr std::size_t kEach = 500;
  Rig rig;
  std::atomic<std::size_t> told{0};
  std::atomic<bool> told_too_early{false};
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < kThreads; ++i) {
      threads.emplace_back([&] {
        for (std::size_t n = 0; n < kEach; ++n) {
          std::vector<Draft> events;
          events.push_back(rig.event("external"));
          rig.store->append(std::move(events), [&](bool recorded) {
            ++told;
            // The file ends no earlier than what is told.
            if (!recorded || rig.store->last_seq() < told + 1) told_too_early = true;
          });
        }
      });
    }
  }
  while (told < kThreads * kEach) std::this_thread::yield();
  CHECK_FALSE(told_too_early);
  const auto seqs = rig.seqs();
  REQUIRE(seqs.size() == kThreads * kEach + 1);
  CHECK(std::ranges::is_sorted(seqs));
  CHECK(rig.store->state().appended == seqs.size());
  CHECK(rig.store->state().pending == seqs.size());
}

TEST_CASE("store: events that are only queued are written when it is closed") {
  Rig rig(Durability::Async);
  for (int i = 0; i < 100; ++i) {
    std::vector<Draft> events;
    events.push_back(rig.event("external"));
    bool told = false;
    rig.store->append(std::move(events), [&](bool recorded) { told = recorded; });
    CHECK(told);
  }
  rig.store.reset();
  CHECK(rig.seqs().size() == 101);
}

TEST_CASE("store: what waits for a flush is written by it, or when enough waits") {
  Rig rig;
  rig.store.reset();
  rig.options.awaits_flush = true;
  rig.store = Store::open(rig.options, rig.clock, rig.logger, rig.event("sidecar.started")).value();
  const std::uint64_t before = rig.store->last_seq();
  std::size_t told = 0;
  const auto append = [&] {
    std::vector<Draft> events;
    events.push_back(rig.event("external"));
    rig.store->append(std::move(events), [&](bool recorded) { told += recorded ? 1 : 0; });
  };
  append();
  CHECK(told == 0);
  rig.store->flush();
  CHECK(told == 1);
  CHECK(rig.store->last_seq() == before + 1);
  for (int i = 0; i < 100; ++i) append();
  CHECK(told > 90);
  rig.store->flush();
  CHECK(told == 101);
}

TEST_CASE("store: under `disk` what is told is recorded") {
  Rig rig(Durability::Disk);
  for (int i = 0; i < 5; ++i) CHECK(rig.store->append_now(rig.event("external")));
  CHECK(rig.seqs().size() == 6);
}

TEST_CASE("store: an event with an alert is urgent until it is acknowledged") {
  Rig rig;
  const std::stop_source never;
  CHECK_FALSE(rig.store->wait_for_urgent(never.get_token(), std::chrono::milliseconds(1)));
  CHECK(rig.store->append_now(rig.event("external", true)));
  CHECK(rig.store->wait_for_urgent(never.get_token(), std::chrono::hours(1)));
  REQUIRE(rig.store->acknowledge(rig.store->last_seq(), rig.store->generation()).ok());
  CHECK_FALSE(rig.store->wait_for_urgent(never.get_token(), std::chrono::milliseconds(1)));
  CHECK(rig.store->state().pending == 0);
}

TEST_CASE("store: what was sent of a chain that is gone acknowledges nothing of the new one") {
  Rig rig;
  for (int i = 0; i < 5; ++i) CHECK(rig.store->append_now(rig.event("external")));
  const std::uint64_t generation = rig.store->generation();
  const std::uint64_t sent = rig.store->last_seq();
  REQUIRE(rig.store->acknowledge(2, generation).ok());
  CHECK(rig.store->forwarded() == 2);
  std::filesystem::remove_all(rig.options.directory);
  for (std::uint64_t i = 0; i < sent + 1; ++i) CHECK(rig.store->append_now(rig.event("external")));
  CHECK(rig.store->generation() != generation);
  CHECK(rig.store->forwarded() == 0);
  REQUIRE(rig.store->acknowledge(sent, generation).ok());
  CHECK(rig.store->forwarded() == 0);
  REQUIRE(rig.store->acknowledge(sent, rig.store->generation()).ok());
  CHECK(rig.store->forwarded() == sent);
}

TEST_CASE("store: an alert of a chain that is gone is not urgent") {
  Rig rig;
  const std::stop_source never;
  for (int i = 0; i < 5; ++i) CHECK(rig.store->append_now(rig.event("external")));
  CHECK(rig.store->append_now(rig.event("external", true)));
  REQUIRE(rig.store->acknowledge(rig.store->last_seq(), rig.store->generation()).ok());
  std::filesystem::remove_all(rig.options.directory);
  CHECK(rig.store->append_now(rig.event("external")));
  REQUIRE(rig.store->acknowledge(rig.store->last_seq(), rig.store->generation()).ok());
  CHECK_FALSE(rig.store->wait_for_urgent(never.get_token(), std::chrono::milliseconds(1)));
  CHECK(rig.store->append_now(rig.event("external", true)));
  CHECK(rig.store->wait_for_urgent(never.get_token(), std::chrono::hours(1)));
}

TEST_CASE("store: a directory that cannot be had is an error") {
  Rig rig;
  StoreOptions options = rig.options;
  options.directory = rig.directory.write("file", "x") + "/audit";
  CHECK_FALSE(Store::open(options, rig.clock, rig.logger, rig.event("sidecar.started")).ok());
}

}  // namespace guardian::audit
