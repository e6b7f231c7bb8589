#include "guardian/limits/window.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <random>

namespace guardian::limits {

namespace {

constexpr std::int64_t kStart = 1'776'500'000'000'000;

// Every allow by itself.
class Oracle {
 public:
  explicit Oracle(std::int64_t length) : length_(length) {}
  std::size_t in_interval(std::int64_t now, std::int64_t length) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(allows_, [&](std::int64_t allow) { return allow > now - length && allow <= now; }));
  }
  void add(std::int64_t now) {
    allows_.push_back(now);
    while (allows_.front() < now - 2 * length_) allows_.pop_front();
  }

 private:
  std::int64_t length_;
  std::deque<std::int64_t> allows_;
};

struct Limit {
  Window window;
  Interval interval;

  // Microseconds to wait, 0: allowed.
  std::int64_t charge(std::int64_t now, std::uint32_t max) {
    window.expire(now, interval);
    const std::int64_t wait = window.wait(now, interval, max);
    if (wait > 0) return wait;
    if (const std::size_t capacity = window.wants_capacity(now, interval); capacity > 0) window.set_capacity(capacity);
    window.add(now, interval);
    return 0;
  }
};

// Steps of all sizes: bursts, steady, pauses longer than the interval.
std::int64_t random_step(std::mt19937_64& random, std::int64_t length) {
  switch (random() % 8) {
    case 0:
      return 0;
    case 1:
      return static_cast<std::int64_t>(random() % 20);
    case 2:
      return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(length / 100));
    case 3:
      return random() % 256 == 0 ? length + static_cast<std::int64_t>(random() % 1000) : 1;
    default:
      return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(length / 2000));
  }
}

void check_against_oracle(const Interval& interval, std::uint32_t max, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Limit limit{{}, interval};
  Oracle oracle(interval.length);
  std::int64_t now = kStart;
  std::size_t allowed = 0;
  std::size_t refused = 0;
  for (int i = 0; i < 6'000; ++i) {
    now += random_step(random, interval.length);
    const std::int64_t wait = limit.charge(now, max);
    if (wait == 0) {
      oracle.add(now);
      ++allowed;
      REQUIRE(oracle.in_interval(now, interval.length) <= max);
    } else {
      ++refused;
      REQUIRE(oracle.in_interval(now, interval.length + interval.length / 100) >= max);
      REQUIRE(wait <= interval.length);
      // What it says is exact: then, and no microsecond earlier.
      Limit then{{}, interval};
      for (std::size_t e = 0; e < limit.window.size(); ++e) then.window.restore(limit.window.entry(e), interval);
      REQUIRE(then.charge(now + wait - 1, max) == 1);
      REQUIRE(then.charge(now + wait, max) == 0);
    }
    REQUIRE(limit.window.size() <= Window::kMaxEntries);
  }
  CHECK(allowed > max);
  CHECK(refused > 0);
}

}  // namespace

TEST_CASE("window: never more than the limit in any interval, and refused only when the limit is reached") {
  for (const Interval& interval : kIntervals) {
    for (const std::uint32_t max : {1U, 2U, 7U, 100U, 500U}) check_against_oracle(interval, max, max + 17);
  }
}

TEST_CASE("window: an allow at an interval's start is out at its end, to the microsecond, when it stands alone") {
  Limit limit{{}, kIntervals[0]};
  CHECK(limit.charge(kStart, 1) == 0);
  CHECK(limit.charge(kStart + 1, 1) == 999'999);
  CHECK(limit.charge(kStart + 999'999, 1) == 1);
  CHECK(limit.charge(kStart + 1'000'000, 1) == 0);
}

TEST_CASE("window: a lowered limit waits until enough have left, a raised one counts what is there") {
  Limit limit{{}, kIntervals[1]};
  for (int i = 0; i < 10; ++i) CHECK(limit.charge(kStart + i * 1'000'000, 10) == 0);
  const std::int64_t now = kStart + 10'000'000;
  CHECK(limit.charge(now, 10) == 50'000'000);
  CHECK(limit.charge(now, 4) == 56'000'000);  // the seventh must leave
  CHECK(limit.charge(now, 1) == 59'000'000);  // all must
  CHECK(limit.charge(now, 12) == 0);
  CHECK(limit.charge(now, 12) == 0);
  CHECK(limit.charge(now, 12) > 0);
}

TEST_CASE("window: memory follows what is used, and never passes its bound") {
  Limit few{{}, kIntervals[3]};
  CHECK(few.window.capacity() == 0);
  CHECK(few.charge(kStart, 1'000'000) == 0);
  CHECK(few.window.capacity() == 2);
  Limit many{{}, kIntervals[0]};
  for (std::int64_t now = kStart; now < kStart + 3'000'000; now += 37) CHECK(many.charge(now, 1'000'000) == 0);
  CHECK(many.window.capacity() <= Window::kMaxEntries);
  CHECK(many.window.total() >= 1'000'000 / 37);
  CHECK(many.window.total() <= 1'010'000 / 37);
}

TEST_CASE("window: a thread whose clock reading is older counts as of the newest") {
  Limit limit{{}, kIntervals[0]};
  CHECK(limit.charge(kStart + 500, 2) == 0);
  CHECK(limit.charge(kStart, 2) == 0);
  CHECK(limit.window.size() == 1);
  CHECK(limit.charge(kStart + 1'000'000, 2) > 0);
  CHECK(limit.charge(kStart + 1'000'500, 2) == 0);
}

TEST_CASE("window: restoring is by cell, so that doing it twice changes nothing") {
  const Interval& interval = kIntervals[0];
  Limit limit{{}, interval};
  for (int i = 0; i < 300; ++i) CHECK(limit.charge(kStart + i * 1'000, 1'000) == 0);
  Window copy;
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < limit.window.size(); ++i) copy.restore(limit.window.entry(i), interval);
    CHECK(copy.total() == 300);
    CHECK(copy.size() == limit.window.size());
  }
  const Window::Entry last = limit.window.entry(limit.window.size() - 1);
  copy.restore({last.newest + 10, last.count + 1}, interval);
  CHECK(copy.total() == 301);
}

TEST_CASE("window: what was saved ahead of the clock counts as of now") {
  const Interval& interval = kIntervals[2];
  Window window;
  window.restore({kStart - 1'000'000'000, 3}, interval);
  window.restore({kStart + 90'000'000'000, 4}, interval);  // a day ahead: what is older has left by its clock
  window.restore({kStart + 90'100'000'000, 5}, interval);
  window.pull_back_to(kStart, interval);
  window.expire(kStart, interval);
  CHECK(window.total() == 9);
  CHECK(window.wait(kStart, interval, 9) == interval.length);
  window.expire(kStart + interval.length, interval);
  CHECK(window.empty());
}

TEST_CASE("window: an entry's count stops at its bound instead of beginning anew") {
  Window window;
  window.restore({kStart, Window::kMaxCount}, kIntervals[0]);
  window.add(kStart, kIntervals[0]);
  CHECK(window.total() == Window::kMaxCount);
}

}  // namespace guardian::limits
