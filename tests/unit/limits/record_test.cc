#include "guardian/limits/record.h"

#include <doctest/doctest.h>

#include "guardian/limits/crc32.h"

namespace guardian::limits {

namespace {

constexpr std::int64_t kStart = 1'776'500'000'000'000;

std::string record_of(const Names& names, std::uint32_t count) {
  Count kept(names, 0);
  kept.windows[1].restore({kStart, count}, kIntervals[1]);
  std::string bytes;
  append_record(bytes, kept, Which::All);
  return bytes;
}

std::string journal_of(std::initializer_list<std::string> records) {
  std::string bytes(kJournalHead);
  for (const std::string& record : records) bytes += record;
  return bytes;
}

// The agents whose records are read.
std::string agents_in(std::string_view bytes, bool* damaged = nullptr) {
  RecordReader reader(bytes);
  std::string agents;
  while (const SavedCount* const saved = reader.next()) agents += saved->names.agent;
  if (damaged != nullptr) *damaged = reader.damaged();
  return agents;
}

}  // namespace

TEST_CASE("record: the check is the CRC-32 that everyone has") { CHECK(crc32("123456789") == 0xCBF4'3926U); }

TEST_CASE("record: names and entries come back as they were") {
  const std::string bytes = journal_of({record_of({"p", "r:1", std::string_view("a\0b", 3)}, 42)});
  RecordReader reader(bytes);
  const SavedCount* const saved = reader.next();
  REQUIRE(saved != nullptr);
  CHECK(saved->names == Names{"p", "r:1", std::string_view("a\0b", 3)});
  CHECK(saved->entries[0].empty());
  REQUIRE(saved->entries[1].size() == 1);
  CHECK(saved->entries[1][0].newest == kStart);
  CHECK(saved->entries[1][0].count == 42);
  CHECK(reader.next() == nullptr);
  CHECK_FALSE(reader.damaged());
}

TEST_CASE("record: only what changed is written when only that is asked for") {
  Count count({"p", "r", "a"}, 0);
  std::string nothing;
  append_record(nothing, count, Which::All);
  CHECK(nothing.empty());
  count.windows[0].restore({kStart, 3}, kIntervals[0]);
  append_record(nothing, count, Which::Unsaved);
  CHECK(nothing.empty());
  count.windows[0].set_capacity(4);
  count.windows[0].add(kStart + 500'000, kIntervals[0]);
  std::string bytes(kJournalHead);
  append_record(bytes, count, Which::Unsaved);
  RecordReader reader(bytes);
  const SavedCount* const saved = reader.next();
  REQUIRE(saved != nullptr);
  REQUIRE(saved->entries[0].size() == 1);
  CHECK(saved->entries[0][0].newest == kStart + 500'000);
}

TEST_CASE("record: a journal cut anywhere gives all records that are whole") {
  const std::string bytes =
      journal_of({record_of({"p", "r", "1"}, 1), record_of({"p", "r", "2"}, 2), record_of({"p", "r", "3"}, 3)});
  const std::size_t record = (bytes.size() - kJournalHead.size()) / 3;
  const std::string all = "123";
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    const std::size_t whole = cut < kJournalHead.size() ? 0 : (cut - kJournalHead.size()) / record;
    CHECK(agents_in(std::string_view(bytes).substr(0, cut)) == all.substr(0, whole));
  }
}

TEST_CASE("record: a flipped byte anywhere costs at most its own record and is noticed") {
  const std::string good =
      journal_of({record_of({"p", "r", "1"}, 1), record_of({"p", "r", "2"}, 2), record_of({"p", "r", "3"}, 3)});
  const std::size_t record = (good.size() - kJournalHead.size()) / 3;
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const int bit : {0x01, 0x80}) {
      std::string bytes = good;
      bytes[at] = static_cast<char>(bytes[at] ^ bit);
      std::string expected = "123";
      if (at >= kJournalHead.size()) expected.erase((at - kJournalHead.size()) / record, 1);
      bool damaged = false;
      CHECK(agents_in(bytes, &damaged) == expected);
      CHECK(damaged);
    }
  }
}

TEST_CASE("record: numbers that no count has are damage, whatever the check says") {
  const auto with = [](std::int64_t newest, std::uint32_t count) {
    Count kept({"p", "r", "a"}, 0);
    kept.windows[0].restore({newest, count}, kIntervals[0]);
    std::string bytes(kJournalHead);
    append_record(bytes, kept, Which::All);
    return agents_in(bytes);
  };
  CHECK(with(kStart, 1) == "a");
  CHECK(with(kStart, 0).empty());
  CHECK(with(std::int64_t{1} << 60, 1) == "a");
  CHECK(with((std::int64_t{1} << 60) + 1, 1).empty());
}

}  // namespace guardian::limits
