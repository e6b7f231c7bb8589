#include "guardian/audit/trail.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "guardian/audit/event_line.h"
#include "guardian/audit/recovery.h"
#include "guardian/json/reader.h"
#include "support/fake_clock.h"
#include "support/temp_dir.h"

namespace guardian::audit {

namespace {

// A trail in a directory of its own, opened again as often as a test wants.
struct Rig {
  explicit Rig(StoreOptions chosen = {}) : options(std::move(chosen)) {
    options.directory = directory.file("audit");
    options.sidecar = "sidecar-1";
    reopen();
  }
  void reopen() {
    trail.reset();
    auto opened = Trail::open(options, clock);
    REQUIRE(opened.ok());
    cut_bytes = opened->cut_bytes;
    damage = opened->damage;
    trail = std::move(opened->trail);
  }
  bool write(std::size_t count = 1, std::size_t bytes = 10) const {
    std::vector<Draft> drafts;
    for (std::size_t i = 0; i < count; ++i) {
      DraftBuilder builder("external", options.sidecar, clock.now());
      drafts.push_back(builder.text("event", std::string(bytes, 'x')).finish());
    }
    std::vector<const Draft*> pointers;
    for (const Draft& draft : drafts) pointers.push_back(&draft);
    return trail->write(pointers);
  }
  [[nodiscard]] std::vector<Segment> segments() const { return list_segments(options.directory).value(); }
  // All events in order, each of which must verify.
  [[nodiscard]] std::vector<std::string> lines() const {
    std::vector<std::string> all;
    LineHasher hasher;
    for (const Segment& segment : segments()) {
      LineReader reader = LineReader::open(segment.path).value();
      for (auto step = reader.next().value(); step.found != LineReader::Found::End; step = reader.next().value()) {
        REQUIRE(step.found == LineReader::Found::Line);
        const auto event = read_event_line(step.text);
        REQUIRE(event.has_value());
        CHECK(hasher.holds(*event));
        all.emplace_back(step.text);
      }
    }
    return all;
  }
  // Whether they are one chain, from the first that is there.
  [[nodiscard]] bool is_one_chain() const {
    std::string prev;
    std::uint64_t seq = 0;
    const auto all = lines();
    for (const std::string& line : all) {
      const auto event = read_event_line(line);
      if (seq != 0 && (event->prev != prev || event->seq != seq + 1)) return false;
      prev = event->hash;
      seq = event->seq;
    }
    return true;
  }
  // What the gap events say, as JSON.
  [[nodiscard]] std::vector<std::string> gaps() const {
    std::vector<std::string> found;
    for (const std::string& line : lines()) {
      const auto event = read_event_line(line);
      if (event->type == "audit.gap") found.emplace_back(event->gap);
    }
    return found;
  }
  void append_raw(std::string_view bytes) const { std::ofstream(segments().back().path, std::ios::app) << bytes; }

  test::TempDir directory;
  test::FakeClock clock;
  StoreOptions options;
  std::unique_ptr<Trail> trail;
  std::uint64_t cut_bytes = 0;
  std::string damage;
};

StoreOptions small(WhenFull when_full, bool forwards) {
  StoreOptions options;
  options.max_bytes = kMinStoreBytes;
  options.when_full = when_full;
  options.forwards = forwards;
  return options;
}

double number_of(const std::string& gap, std::string_view member) {
  const auto parsed = json::parse(gap);
  REQUIRE(parsed.ok());
  return parsed->root().find(member)->as_number();
}

}  // namespace

TEST_CASE("trail: events are chained from seq 1 on, over batches and reopening") {
  Rig rig;
  CHECK(rig.write(3));
  CHECK(rig.write());
  rig.reopen();
  CHECK(rig.damage.empty());
  CHECK(rig.write(2));
  const auto lines = rig.lines();
  REQUIRE(lines.size() == 6);
  CHECK(read_event_line(lines.front())->prev == kNoHash);
  CHECK(read_event_line(lines.back())->seq == 6);
  CHECK(rig.is_one_chain());
  CHECK(rig.segments().size() == 1);
}

TEST_CASE("trail: ids are UUIDv7 and ascend, whatever the clock does") {
  Rig rig;
  CHECK(rig.write(5'000, 1));
  rig.clock.set("2020-01-01T00:00:00Z");
  CHECK(rig.write(10));
  std::string before;
  for (const std::string& line : rig.lines()) {
    const std::string id(read_event_line(line)->id);
    REQUIRE(id.size() == 36);
    CHECK(id[14] == '7');
    CHECK(std::string_view("89ab").find(id[19]) != std::string_view::npos);
    CHECK(id > before);
    before = id;
  }
}

TEST_CASE("trail: a torn tail is cut wherever it was torn, and the chain goes on") {
  Rig rig;
  CHECK(rig.write(2));
  const std::string whole = rig.lines().back() + "\n";
  for (const std::size_t torn : {std::size_t{1}, whole.size() / 2, whole.size() - 1}) {
    rig.trail.reset();
    rig.append_raw(whole.substr(0, torn));
    rig.reopen();
    CHECK(rig.cut_bytes == torn);
    CHECK(rig.damage.empty());
    CHECK(rig.write());
  }
  CHECK(rig.lines().size() == 5);
  CHECK(rig.is_one_chain());
}

TEST_CASE("trail: what a power cut leaves of blocks, zeros behind the last line, is cut") {
  Rig rig;
  CHECK(rig.write(2));
  rig.append_raw(std::string(3 * kMaxLineBytes, '\0'));
  rig.reopen();
  CHECK(rig.cut_bytes == 3 * kMaxLineBytes);
  CHECK(rig.write());
  CHECK(rig.is_one_chain());
}

TEST_CASE("trail: a whole line that does not verify is kept as evidence, and the chain goes on beside it") {
  Rig rig;
  CHECK(rig.write(2));
  const std::string path = rig.segments().back().path;
  std::string text = rig.directory.read("audit/" + segment_name(1));
  text[text.rfind("xxx")] = 'y';
  rig.trail.reset();
  std::ofstream(path, std::ios::trunc) << text;
  rig.reopen();
  CHECK_FALSE(rig.damage.empty());
  CHECK(rig.write());
  CHECK(rig.directory.read("audit/" + segment_name(1)) == text);
  CHECK(rig.segments().size() == 2);
}

TEST_CASE("trail: events that are missing at the end are noticed, and their numbers not given again") {
  Rig rig;
  CHECK(rig.write(3));
  rig.trail.reset();
  const std::string path = rig.segments().back().path;
  std::string text = rig.directory.read("audit/" + segment_name(1));
  text.erase(text.rfind("\n", text.size() - 2) + 1);
  std::ofstream(path, std::ios::trunc) << text;
  rig.reopen();
  CHECK_FALSE(rig.damage.empty());
  CHECK(rig.write());
  const auto lines = rig.lines();
  CHECK(read_event_line(lines.back())->seq == 4);
}

TEST_CASE("trail: a full store lets sent events go first, without a gap") {
  Rig rig(small(WhenFull::Deny, true));
  std::uint64_t sent = 0;
  for (int i = 0; i < 600; ++i) {
    REQUIRE(rig.write(1, 10'000));
    REQUIRE(rig.trail->acknowledge(++sent).ok());
  }
  CHECK(rig.trail->bytes() <= kMinStoreBytes);
  CHECK(rig.trail->dropped() == 0);
  CHECK(rig.gaps().empty());
  CHECK(rig.trail->head().first_seq > 1);
  const auto lines = rig.lines();
  CHECK(read_event_line(lines.front())->seq == rig.trail->head().first_seq);
  CHECK(rig.is_one_chain());
  rig.reopen();
  CHECK(rig.damage.empty());
}

TEST_CASE("trail: unsent events that fill the store are pushed out, and a gap says which") {
  Rig rig(small(WhenFull::DropOldest, true));
  for (int i = 0; i < 400; ++i) REQUIRE(rig.write(1, 10'000));
  CHECK(rig.trail->bytes() <= kMinStoreBytes);
  CHECK(rig.trail->dropped() > 0);
  CHECK_FALSE(rig.trail->problem().empty());
  const auto gaps = rig.gaps();
  REQUIRE_FALSE(gaps.empty());
  // Of those that are still there, the last one tells what is just before the store's first event.
  const auto lines = rig.lines();
  const auto first = read_event_line(lines.front());
  CHECK(number_of(gaps.back(), "to") == static_cast<double>(first->seq - 1));
  CHECK(gaps.back().find(first->prev) != std::string::npos);
  CHECK(number_of(gaps.back(), "count") == number_of(gaps.back(), "to") - number_of(gaps.back(), "from") + 1);
  CHECK(rig.is_one_chain());
  rig.clock.advance(std::chrono::minutes(2));
  CHECK(rig.trail->problem().empty());
}

TEST_CASE("trail: where nothing is forwarded old events go without a gap") {
  Rig rig(small(WhenFull::Deny, false));
  for (int i = 0; i < 400; ++i) REQUIRE(rig.write(1, 10'000));
  CHECK(rig.trail->bytes() <= kMinStoreBytes);
  CHECK(rig.gaps().empty());
  CHECK(rig.trail->dropped() == 0);
}

TEST_CASE("trail: with AUDIT_FULL=deny unsent events stay, what comes is counted, and told once there is room") {
  Rig rig(small(WhenFull::Deny, true));
  std::size_t recorded = 0;
  while (rig.write(1, 10'000)) ++recorded;
  for (int i = 0; i < 6; ++i) CHECK_FALSE(rig.write(1, 10'000));
  CHECK_FALSE(rig.trail->problem().empty());
  CHECK(rig.trail->dropped() == 7);
  // That it is full is on record at once.
  REQUIRE(rig.gaps().size() == 1);
  CHECK(number_of(rig.gaps().front(), "count") == 1);
  REQUIRE(rig.trail->acknowledge(recorded / 2).ok());
  CHECK(rig.write(1, 10'000));
  REQUIRE(rig.gaps().size() == 2);
  CHECK(number_of(rig.gaps().back(), "count") == 6);
  CHECK(rig.gaps().back().find(R"("from":null,"lastHash":null,"to":null)") != std::string::npos);
  CHECK(rig.trail->problem().empty());
  CHECK(rig.is_one_chain());
}

TEST_CASE("trail: old events are let go when they are sent and not before") {
  StoreOptions options;
  options.retention = std::chrono::hours(8);
  options.forwards = true;
  Rig rig(options);
  CHECK(rig.write(2));
  rig.clock.advance(std::chrono::hours(2));
  rig.trail->maintain();
  CHECK(rig.write());
  rig.clock.set(base::TimePoint(std::chrono::hours(24 * 365 * 100)));  // the file's own time is the machine's
  rig.trail->maintain();
  CHECK(rig.lines().size() == 3);
  REQUIRE(rig.trail->acknowledge(2).ok());
  rig.trail->maintain();
  CHECK(rig.lines().size() == 1);
  CHECK(rig.gaps().empty());
}

TEST_CASE("trail: acknowledgements are kept over reopening") {
  Rig rig;
  CHECK(rig.write(5));
  REQUIRE(rig.trail->acknowledge(3).ok());
  rig.reopen();
  CHECK(rig.trail->head().forwarded == 3);
  REQUIRE(rig.trail->acknowledge(99).ok());
  CHECK(rig.trail->head().forwarded == 5);
}

TEST_CASE("trail: a store that is removed beside it begins anew and says that it was cleared") {
  Rig rig;
  CHECK(rig.write(3));
  std::filesystem::remove_all(rig.options.directory);
  CHECK(rig.write());
  const auto lines = rig.lines();
  REQUIRE(lines.size() == 2);
  CHECK(read_event_line(lines[0])->type == "cache.cleared");
  CHECK(read_event_line(lines[0])->seq == 1);
  rig.trail->tell_cleared();
  CHECK(rig.lines().size() == 2);
  rig.reopen();
  CHECK(rig.damage.empty());
}

TEST_CASE(
    "trail: a newest segment that somebody took away is no clear: the chain goes on and nothing older is touched") {
  Rig rig(small(WhenFull::DropOldest, true));
  for (int i = 0; i < 20; ++i) CHECK(rig.write(1, 10'000));
  REQUIRE(rig.segments().size() > 1);
  const std::string first = rig.directory.read("audit/" + segment_name(1));
  ::unlink(rig.segments().back().path.c_str());
  CHECK(rig.write());
  CHECK(rig.directory.read("audit/" + segment_name(1)) == first);
  const auto lines = rig.lines();
  CHECK(read_event_line(lines.back())->seq == 21);
  CHECK(read_event_line(lines.back())->type == "external");
}

TEST_CASE("trail: what can never fit is refused before anything is let go for it") {
  Rig rig(small(WhenFull::DropOldest, true));
  for (int i = 0; i < 50; ++i) CHECK(rig.write(1, 10'000));
  CHECK_FALSE(rig.write(11, 100'000));
  CHECK(read_event_line(rig.lines().front())->seq == 1);
  CHECK(rig.trail->dropped() == 11);
  CHECK(rig.write());
  REQUIRE(rig.gaps().size() == 1);
  CHECK(number_of(rig.gaps().front(), "count") == 11);
}

TEST_CASE("trail: events that were let go just before a crash are told of after it, once") {
  Rig rig(small(WhenFull::DropOldest, true));
  for (int i = 0; i < 20; ++i) CHECK(rig.write(1, 10'000));
  auto segments = rig.segments();
  REQUIRE(segments.size() > 1);
  const std::uint64_t next = segments[1].first_seq;
  Head head = rig.trail->head();
  rig.trail.reset();
  head.first_seq = next;
  head.first_prev = first_prev_of(segments[1]).value();
  rig.directory.write("audit/head.json", write_head(head));
  for (int i = 0; i < 2; ++i) {
    rig.reopen();
    CHECK(rig.damage.empty());
    CHECK(rig.write());
  }
  REQUIRE(rig.gaps().size() == 1);
  CHECK(number_of(rig.gaps().front(), "from") == 1);
  CHECK(number_of(rig.gaps().front(), "to") == static_cast<double>(next - 1));
}

TEST_CASE("trail: what could not be written is told of after a crash too") {
  Rig rig(small(WhenFull::Deny, true));
  while (rig.write(1, 10'000)) {
  }
  for (int i = 0; i < 4; ++i) CHECK_FALSE(rig.write(1, 10'000));
  rig.trail.reset();
  rig.options.max_bytes *= 2;
  rig.reopen();
  CHECK(rig.write());
  double told = 0;
  for (const std::string& gap : rig.gaps()) told += number_of(gap, "count");
  CHECK(told == 5);
}

TEST_CASE("trail: a head that is taken away comes back") {
  Rig rig;
  CHECK(rig.write(3));
  ::unlink(head_path(rig.options.directory).c_str());
  rig.trail->maintain();
  const auto head = load_head(rig.options.directory);
  REQUIRE(head.ok());
  REQUIRE(head->has_value());
  CHECK((*head)->last_seq == 3);
}

TEST_CASE("trail: a line that is longer than any reader takes is no torn tail when it is whole") {
  Rig rig;
  CHECK(rig.write(2));
  rig.trail.reset();
  rig.append_raw(std::string(kMaxLineBytes + 10, 'x') + "\n");
  rig.reopen();
  CHECK(rig.cut_bytes == 0);
  CHECK_FALSE(rig.damage.empty());
}

TEST_CASE("trail: at any byte where a write ended, what was whole is kept") {
  Rig rig;
  CHECK(rig.write(3));
  rig.trail.reset();
  const std::string name = "audit/" + segment_name(1);
  const std::string text = rig.directory.read(name);
  // The head is of the last append: a crash comes before it is written.
  ::unlink(head_path(rig.options.directory).c_str());
  for (std::size_t size = text.size(); size > 0; --size) {
    rig.trail.reset();
    ::unlink(head_path(rig.options.directory).c_str());
    rig.directory.write(name, text.substr(0, size));
    rig.reopen();
    CHECK(rig.damage.empty());
    const auto kept = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size), '\n');
    REQUIRE(rig.trail->head().last_seq == static_cast<std::uint64_t>(kept));
  }
}

}  // namespace guardian::audit
