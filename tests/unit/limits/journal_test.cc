#include "guardian/limits/journal.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <string>

#include "guardian/limits/record.h"
#include "tests/support/faulty_file_system.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/limits/charges.h"

namespace guardian::limits {

namespace {

using namespace test_charges;
using Kind = Verdict::Kind;

constexpr std::int64_t kStart = 1'776'500'000'000'000;
constexpr std::int64_t kMinute = 60'000'000;
constexpr std::size_t kMemory = std::size_t{32} << 20;
constexpr std::size_t kMaxJournal = std::size_t{256} << 20;
constexpr std::string_view kFile = "limits/counts.journal";

// A table and its journal below a directory, as a process has them.
struct Process {
  Process(base::FileSystem& files, const test::TempDir& dir, std::int64_t now, std::size_t max_journal = kMaxJournal)
      : journal(files, dir.file("limits"), table, max_journal) {
    journal.open(now);
  }
  bool allows(std::string_view agent, std::uint32_t max, std::int64_t now) {
    return table.charge(of_rule(agent, per_hour(max)), now).kind == Kind::Admitted;
  }
  // How many allows are counted.
  std::uint32_t counted(std::string_view agent, std::int64_t now) {
    std::uint32_t counted = 0;
    for (std::size_t i = 0; i < table.bucket_count(); ++i) {
      table.visit_bucket(i, now, [&](Count& count) {
        if (count.names().agent == agent) counted += count.windows[2].total();
      });
    }
    return counted;
  }

  CountTable table{kMemory, CountTable::Changes::Listed};
  Journal journal;
};

unsigned mode_of(const std::string& path) {
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  return static_cast<unsigned>(info.st_mode) & 0777U;
}

}  // namespace

TEST_CASE("journal: what was saved is there after an end without notice") {
  const test::TempDir dir;
  base::SystemFileSystem files;
  {
    Process killed(files, dir, kStart);
    for (int i = 0; i < 3; ++i) CHECK(killed.allows("a", 5, kStart + i * kMinute));
    killed.journal.save(kStart + 3 * kMinute);
    CHECK(killed.allows("a", 5, kStart + 4 * kMinute));
    killed.journal.save(kStart + 4 * kMinute);
    CHECK(killed.allows("a", 5, kStart + 5 * kMinute));  // after the last save: missing
  }
  Process next(files, dir, kStart + 6 * kMinute);
  CHECK(next.journal.problem().empty());
  CHECK(next.counted("a", kStart + 6 * kMinute) == 4);
  CHECK(next.allows("a", 5, kStart + 6 * kMinute));
  CHECK_FALSE(next.allows("a", 5, kStart + 6 * kMinute));
  // Each leaves when its own hour is over.
  CHECK(next.table.charge(of_rule("a", per_hour(5)), kStart + 6 * kMinute).retry_after_ms == 54 * 60'000);
}

TEST_CASE("journal: closing saves the rest") {
  const test::TempDir dir;
  base::SystemFileSystem files;
  {
    Process process(files, dir, kStart);
    CHECK(process.allows("a", 5, kStart));
    process.journal.close(kStart);
  }
  Process next(files, dir, kStart);
  CHECK(next.counted("a", kStart) == 1);
}

TEST_CASE("journal: files are the owner's alone") {
  const test::TempDir dir;
  base::SystemFileSystem files;
  const Process process(files, dir, kStart);
  CHECK(mode_of(dir.file("limits")) == 0700U);
  CHECK(mode_of(dir.file(kFile)) == 0600U);
}

TEST_CASE("journal: a clock set back over a restart never waits longer than the interval") {
  const test::TempDir dir;
  base::SystemFileSystem files;
  {
    Process process(files, dir, kStart);
    for (int i = 0; i < 5; ++i) CHECK(process.allows("a", 5, kStart + i * kMinute));
    process.journal.close(kStart);
  }
  const std::int64_t set_back = kStart - 1'000'000 * kMinute;
  Process next(files, dir, set_back);
  const Verdict verdict = next.table.charge(of_rule("a", per_hour(5)), set_back);
  CHECK(verdict.kind == Kind::Refused);
  CHECK(verdict.retry_after_ms == 3'600'000);
  CHECK(next.allows("a", 5, set_back + 60 * kMinute));
}

TEST_CASE("journal: cut at any byte, it gives what is whole and takes up work") {
  base::SystemFileSystem files;
  const test::TempDir original;
  {
    Process process(files, original, kStart);
    for (const char* const agent : {"a", "b", "c"}) {
      CHECK(process.allows(agent, 5, kStart));
      process.journal.save(kStart);
    }
  }
  const std::string bytes = original.read(kFile);
  std::uint32_t last = 0;
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    const test::TempDir dir;
    dir.write(kFile, bytes.substr(0, cut));
    {
      Process process(files, dir, kStart);
      const std::uint32_t counted =
          process.counted("a", kStart) + process.counted("b", kStart) + process.counted("c", kStart);
      CHECK(counted >= last);
      last = counted;
      CHECK(process.journal.problem().empty());
      CHECK(process.allows("d", 5, kStart));
      process.journal.save(kStart);
    }
    if (cut % 8 != 0) continue;  // a start costs the disk some syncs
    Process next(files, dir, kStart);
    CHECK(next.counted("d", kStart) == 1);
  }
  CHECK(last == 3);
}

TEST_CASE("journal: it is written anew when it has outgrown what is alive, and nothing is lost meanwhile") {
  const test::TempDir dir;
  base::SystemFileSystem files;
  std::int64_t now = kStart;
  std::size_t largest = 0;
  bool shrank = false;
  {
    Process process(files, dir, now);
    std::size_t before = 0;
    for (int round = 0; round < 60; ++round) {
      now += kMinute / 10;
      for (int i = 0; i < 3'000; ++i) {
        (void)process.table.charge(of_rule("agent" + std::to_string(i), per_hour(1'000)), now);
      }
      process.journal.save(now);
      struct stat info {};
      REQUIRE(::stat(dir.file(kFile).c_str(), &info) == 0);
      const auto size = static_cast<std::size_t>(info.st_size);
      shrank = shrank || size < before;
      before = size;
      largest = std::max(largest, size);
    }
  }
  CHECK(shrank);
  CHECK(largest < std::size_t{12} << 20);
  Process next(files, dir, now);
  CHECK(next.counted("agent0", now) == 60);
  CHECK(next.counted("agent2999", now) == 60);
}

TEST_CASE("journal: a disk that fails at any call is said, tried again, and loses nothing that memory has") {
  for (const auto leaves : {test::Leaves::Nothing, test::Leaves::PartOfFile}) {
    for (std::size_t call = 1; call < 14; ++call) {
      const test::TempDir dir;
      test::FaultyFileSystem files;
      files.fail_at(call, test::Fault::Once, leaves);
      bool said = false;
      {
        Process process(files, dir, kStart);
        for (int i = 0; i < 4; ++i) {
          said = said || !process.journal.problem().empty();
          CHECK(process.allows("a", 10, kStart));
          process.journal.save(kStart);
        }
        said = said || !process.journal.problem().empty();
        CHECK(said == (call <= files.calls()));
        for (int i = 0; i < 30; ++i) process.journal.save(kStart);
        CHECK(process.journal.problem().empty());
      }
      Process next(files, dir, kStart);
      CHECK(next.counted("a", kStart) == 4);
    }
  }
}

TEST_CASE("journal: a disk that dies at any call leaves what was saved before") {
  for (std::size_t call = 1; call < 14; ++call) {
    const test::TempDir dir;
    std::uint32_t saved = 0;
    {
      test::FaultyFileSystem files;
      files.fail_at(call, test::Fault::Dead, test::Leaves::PartOfFile);
      Process process(files, dir, kStart);
      for (int i = 0; i < 6; ++i) {
        CHECK(process.allows("a", 10, kStart));  // counting goes on
        process.journal.save(kStart);
        if (process.journal.problem().empty()) ++saved;
      }
      process.journal.close(kStart);
      CHECK((process.journal.problem().find("rate-limit counts are not saved: ") == 0) == (call <= files.calls()));
    }
    base::SystemFileSystem working;
    Process next(working, dir, kStart);
    CHECK(next.counted("a", kStart) == saved);
  }
}

TEST_CASE("journal: a count that was damaged is said, a torn end is not") {
  const test::TempDir dir;
  base::SystemFileSystem files;
  {
    Process process(files, dir, kStart);
    CHECK(process.allows("a", 10, kStart));
    process.journal.save(kStart);
    CHECK(process.allows("b", 10, kStart));
    process.journal.close(kStart);
  }
  const std::string whole = dir.read(kFile);
  dir.write(std::string(kFile), whole.substr(0, whole.size() - 3));
  CHECK(Process(files, dir, kStart).journal.problem().empty());
  std::string flipped = whole;
  flipped[kJournalHead.size() + 12] ^= 1;
  dir.write(std::string(kFile), flipped);
  Process after(files, dir, kStart);
  CHECK(after.journal.problem().find("earlier rate-limit counts are not all known") == 0);
  CHECK(after.counted("b", kStart) == 1);
}

TEST_CASE("journal: a clock set back and put right loses nothing over several restarts") {
  const test::TempDir dir;
  base::SystemFileSystem files;
  constexpr std::int64_t kCell = kIntervals[2].cell;
  constexpr std::int64_t kNow = kStart / kCell * kCell;
  {
    Process ahead(files, dir, kNow + 20 * kMinute);
    for (int i = 0; i < 4; ++i) CHECK(ahead.allows("a", 10, kNow + 20 * kMinute));
    CHECK(ahead.allows("a", 10, kNow + 21 * kMinute));
    ahead.journal.close(kNow + 21 * kMinute);
  }
  {
    Process back(files, dir, kNow + 20 * kMinute + 1);  // in the cell of the four
    CHECK(back.counted("a", kNow + 20 * kMinute + 1) == 5);
    CHECK(back.allows("a", 10, kNow + 20 * kMinute + 1));
    back.journal.close(kNow + 20 * kMinute + 1);
  }
  for (int i = 0; i < 2; ++i) {
    Process right(files, dir, kNow + 22 * kMinute);
    CHECK(right.counted("a", kNow + 22 * kMinute) == 6);
    right.journal.close(kNow + 22 * kMinute);
  }
}

TEST_CASE("journal: more bytes than it may have are not read, and it is written anew before it has them") {
  const test::TempDir dir;
  base::SystemFileSystem files;
  constexpr std::size_t kSmall = 4'096;
  {
    Process process(files, dir, kStart, kSmall);
    for (int i = 0; i < 200; ++i) {
      CHECK(process.allows("a", 1'000, kStart + i));
      process.journal.save(kStart + i);
      REQUIRE(dir.read(kFile).size() <= kSmall);
    }
    CHECK(process.journal.problem().empty());
  }
  Process next(files, dir, kStart + 200, kSmall);
  CHECK(next.counted("a", kStart + 200) == 200);
  dir.write("limits/counts.journal", std::string(kSmall + 1, 'x'));
  const Process fresh(files, dir, kStart + 200, kSmall);
  // What may hold counts is never written over.
  CHECK(fresh.journal.problem().find("earlier rate-limit counts are not known") == 0);
  CHECK(dir.read("limits/counts.journal.unreadable").size() == kSmall + 1);
}

}  // namespace guardian::limits
