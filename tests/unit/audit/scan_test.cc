#include "guardian/audit/scan.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "support/audit_lines.h"
#include "support/temp_dir.h"

namespace guardian::audit {

namespace {

constexpr int kHours = 10;
constexpr int kEventsAnHour = 400;

std::string time_at(int hour, int minute, int second = 0) {
  return base::format_rfc3339_millis(base::to_time_point(*base::parse_rfc3339("2026-04-18T00:00:00Z")) +
                                     std::chrono::hours(hour) + std::chrono::minutes(minute) +
                                     std::chrono::seconds(second));
}

// A segment an hour, with an event of each of two agents by turns.
struct Day {
  Day() {
    test::AuditLines lines(dir.path());
    for (int hour = 0; hour < kHours; ++hour) {
      lines.begin_segment();
      for (int i = 0; i < kEventsAnHour; ++i) {
        lines.add({.time = time_at(hour, i * 60 / kEventsAnHour), .agent_id = i % 2 == 0 ? "even" : "odd"});
      }
      paths.push_back(lines.segment());
    }
    bytes = std::filesystem::file_size(paths.front());
  }
  [[nodiscard]] StorePath store() const { return {dir.path(), {}}; }

  test::TempDir dir;
  std::vector<std::string> paths;
  std::uint64_t bytes = 0;  // of the first segment; the others are alike
};

Filter filter_of(const FilterTexts& texts) {
  auto filter = Filter::make(texts, {});
  REQUIRE(filter.ok());
  return std::move(filter).value();
}

struct Seen {
  std::vector<std::uint64_t> seqs;
  Scanned scanned;
};

Seen see(const StorePath& store, const FilterTexts& texts, Order order = Order::OldestFirst,
         std::size_t stop = SIZE_MAX) {
  Seen seen;
  const auto scanned = scan(store, filter_of(texts), order, [&](const EventLine& event) {
    seen.seqs.push_back(event.seq);
    return seen.seqs.size() < stop ? Next::GoOn : Next::Stop;
  });
  REQUIRE(scanned.ok());
  seen.scanned = *scanned;
  return seen;
}

// Bytes that this process has read by system calls.
std::uint64_t process_bytes_read() {
  std::ifstream file("/proc/self/io");
  std::string name;
  std::uint64_t bytes = 0;
  while (file >> name >> bytes) {
    if (name == "rchar:") return bytes;
  }
  return 0;
}

}  // namespace

TEST_CASE("scan: all events come in the order asked for") {
  const Day day;
  const Seen oldest = see(day.store(), {});
  REQUIRE(oldest.seqs.size() == kHours * kEventsAnHour);
  for (std::size_t i = 0; i < oldest.seqs.size(); ++i) CHECK(oldest.seqs[i] == i + 1);
  Seen newest = see(day.store(), {}, Order::NewestFirst);
  std::ranges::reverse(newest.seqs);
  CHECK(newest.seqs == oldest.seqs);
  CHECK(see(day.store(), {.agent = "odd"}).seqs.size() == kHours * kEventsAnHour / 2);
}

TEST_CASE("scan: segments outside of the times asked for are not read through") {
  const Day day;
  const FilterTexts hour = {.from = time_at(4, 10), .to = time_at(4, 50)};
  for (const Order order : {Order::OldestFirst, Order::NewestFirst}) {
    const std::uint64_t before = process_bytes_read();
    const Seen seen = see(day.store(), hour, order);
    const std::uint64_t read = process_bytes_read() - before;
    CHECK(seen.seqs.size() > kEventsAnHour / 2);
    CHECK(seen.scanned.segments_skipped == kHours - 1);
    CHECK(seen.scanned.bytes_read < 3 * day.bytes);
    if (before != 0) CHECK(read < day.bytes * kHours);
  }
}

TEST_CASE("scan: whatever is asked for, skipping finds what reading all finds") {
  const Day day;
  for (const int hour : {0, 3, 9}) {
    for (const int minute : {0, 1, 30, 59}) {
      const FilterTexts span = {.from = time_at(hour, minute), .to = time_at(hour, minute + 90)};
      const Filter filter = filter_of(span);
      std::vector<std::uint64_t> expected;
      (void)scan(day.store(), {}, Order::OldestFirst, [&](const EventLine& event) {
        if (filter.passes(event)) expected.push_back(event.seq);
        return Next::GoOn;
      });
      CHECK(see(day.store(), span).seqs == expected);
    }
  }
}

TEST_CASE("scan: events a little out of order, and those before a clock was set back, are found") {
  const test::TempDir dir;
  test::AuditLines lines(dir.path());
  for (int i = 0; i < 200; ++i) lines.add({.time = time_at(10, 0, i), .agent_id = "right"});
  lines.add({.time = time_at(10, 6), .agent_id = "early"});
  for (int i = 200; i < 300; ++i) lines.add({.time = time_at(10, 0, i), .agent_id = "right"});
  lines.begin_segment();
  // The clock is an hour fast for a while.
  for (int i = 0; i < 200; ++i) lines.add({.time = time_at(12, 0, i), .agent_id = "fast"});
  for (int i = 0; i < 200; ++i) lines.add({.time = time_at(11, 10, i), .agent_id = "right"});
  const StorePath store = {dir.path(), {}};
  CHECK(see(store, {.from = time_at(10, 5, 30), .to = time_at(10, 7)}).seqs.size() == 1);
  CHECK(see(store, {.from = time_at(12, 0)}).seqs.size() == 200);
  CHECK(see(store, {.from = time_at(11, 10), .to = time_at(11, 20)}).seqs.size() == 200);
}

TEST_CASE("scan: few of the newest events cost a part of the newest segment") {
  const Day day;
  const Seen seen = see(day.store(), {}, Order::NewestFirst, 3);
  CHECK(seen.seqs == std::vector<std::uint64_t>{4000, 3999, 3998});
  CHECK(seen.scanned.bytes_read < day.bytes / 2);
}

TEST_CASE("scan: a segment that is let go meanwhile is passed over") {
  const Day day;
  std::size_t seen = 0;
  const auto scanned = scan(day.store(), {}, Order::OldestFirst, [&](const EventLine&) {
    if (seen++ == 0) std::filesystem::remove(day.paths[1]);
    return Next::GoOn;
  });
  REQUIRE(scanned.ok());
  CHECK(scanned->events == (kHours - 1) * kEventsAnHour);
}

TEST_CASE("scan: a line being written is no event yet, one that is none is counted") {
  const test::TempDir dir;
  test::AuditLines lines(dir.path());
  const std::string first = lines.add(test::DecisionFields());
  dir.write(segment_name(1), first + "\nno event\n" + first.substr(0, 100));
  for (const Order order : {Order::OldestFirst, Order::NewestFirst}) {
    const Seen seen = see({dir.path(), {}}, {}, order);
    CHECK(seen.seqs.size() == 1);
    CHECK(seen.scanned.unreadable == 1);
  }
}

TEST_CASE("store path: a cache, a directory of segments, and a segment are all a store") {
  const test::TempDir dir;
  std::filesystem::create_directory(dir.file("audit"));
  CHECK(find_store(dir.path()).error().code() == base::ErrorCode::NotFound);
  CHECK(find_store(dir.file("none")).error().code() == base::ErrorCode::NotFound);
  test::AuditLines lines(dir.file("audit"));
  lines.write_head();
  REQUIRE(find_store(dir.path()).ok());
  CHECK(see(*find_store(dir.path()), {}).seqs.empty());
  lines.add(test::DecisionFields());
  std::filesystem::copy(lines.segment(), dir.file("copied"));
  for (const std::string& path : {dir.path(), dir.file("audit"), lines.segment(), dir.file("copied")}) {
    const auto store = find_store(path);
    REQUIRE(store.ok());
    CHECK(see(*store, {}).seqs.size() == 1);
  }
}

}  // namespace guardian::audit
