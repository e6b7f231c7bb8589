#include "guardian/limits/local_store.h"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <thread>

#include "tests/support/fake_clock.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/limits/charges.h"

namespace guardian::limits {

namespace {

using namespace std::chrono_literals;
using namespace test_charges;
using Kind = Verdict::Kind;

struct NoWaiter final : Waiter {
  void charged() noexcept override { called = true; }
  bool called = false;
};

}  // namespace

TEST_CASE("local store: answers a span of charges at once, in order") {
  const test::FakeClock clock;
  base::SystemFileSystem files;
  LocalStore store({}, files, clock);
  const std::array charges = {of_rule("a", per_second(2)), of_rule("a", per_second(2)), of_rule("b", per_second(2)),
                              of_rule("a", per_second(2))};
  std::array<Verdict, 4> verdicts;
  NoWaiter waiter;
  Store& seam = store;
  CHECK(seam.charge(charges, verdicts, waiter));
  CHECK_FALSE(waiter.called);
  CHECK(verdicts[0].kind == Kind::Admitted);
  CHECK(verdicts[1].kind == Kind::Admitted);
  CHECK(verdicts[2].kind == Kind::Admitted);
  CHECK(verdicts[3].kind == Kind::Refused);
  CHECK(verdicts[3].retry_after_ms == 1'000);
  CHECK(store.problem().empty());
}

TEST_CASE("local store: a wall clock that is set while it runs changes nothing") {
  test::FakeClock clock("2026-04-18T12:00:00Z");
  base::SystemFileSystem files;
  LocalStore store({}, files, clock);
  CHECK(store.charge(of_rule("a", per_minute(1))).kind == Kind::Admitted);
  clock.set("2027-01-01T00:00:00Z");
  CHECK(store.charge(of_rule("a", per_minute(1))).retry_after_ms == 60'000);
  clock.set("2020-01-01T00:00:00Z");
  clock.advance(59s);
  CHECK(store.charge(of_rule("a", per_minute(1))).retry_after_ms == 1'000);
  clock.advance(1s);
  CHECK(store.charge(of_rule("a", per_minute(1))).kind == Kind::Admitted);
}

TEST_CASE("local store: what it counted is on disk soon after, without being told to end") {
  const test::TempDir dir;
  const test::FakeClock clock;
  base::SystemFileSystem files;
  LocalStore store({dir.file("limits")}, files, clock);
  CHECK(store.charge(of_rule("a", per_day(1))).kind == Kind::Admitted);
  bool found = false;
  for (int i = 0; i < 500 && !found; ++i) {
    // What a kill at this moment would leave.
    const test::TempDir left;
    std::filesystem::copy(dir.file("limits"), left.file("limits"));
    LocalStore next({left.file("limits")}, files, clock);
    found = next.charge(of_rule("a", per_day(1))).kind == Kind::Refused;
    if (!found) std::this_thread::sleep_for(10ms);
  }
  CHECK(found);
}

TEST_CASE("local store: an orderly end saves all, and the next start goes on from there") {
  const test::TempDir dir;
  test::FakeClock clock;
  base::SystemFileSystem files;
  for (int start = 0; start < 5; ++start) {
    LocalStore store({dir.file("limits")}, files, clock);
    CHECK(store.charge(of_both("a", per_day(9), per_day(5))).kind == Kind::Admitted);
    clock.advance(1h);
  }
  LocalStore store({dir.file("limits")}, files, clock);
  CHECK(store.charge(of_both("a", per_day(9), per_day(5))).retry_after_ms == 19 * 3'600'000);
}

TEST_CASE("local store: a directory that cannot be written is said, and counting goes on") {
  const test::TempDir dir;
  const test::FakeClock clock;
  base::SystemFileSystem files;
  dir.write("limits", "not a directory");
  LocalStore store({dir.file("limits")}, files, clock);
  CHECK(store.problem().find("rate-limit counts are not saved: ") == 0);
  CHECK(store.charge(of_rule("a", per_day(1))).kind == Kind::Admitted);
  CHECK(store.charge(of_rule("a", per_day(1))).kind == Kind::Refused);
}

}  // namespace guardian::limits
