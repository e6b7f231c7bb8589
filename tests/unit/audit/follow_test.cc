#include "guardian/audit/follow.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <vector>

#include "support/audit_lines.h"
#include "support/temp_dir.h"

namespace guardian::audit {

namespace {

const test::DecisionFields kAny;

Follower at_end(const test::TempDir& dir) {
  auto follower = Follower::at_end({dir.path(), {}});
  REQUIRE(follower.ok());
  return std::move(follower).value();
}

std::vector<std::uint64_t> poll(Follower& follower) {
  std::vector<std::uint64_t> seqs;
  REQUIRE(follower
              .poll([&](const EventLine& event) {
                seqs.push_back(event.seq);
                return Next::GoOn;
              })
              .ok());
  return seqs;
}

using Seqs = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("follow: what was there is not given, what comes is given once") {
  const test::TempDir dir;
  test::AuditLines lines(dir.path());
  lines.add(kAny);
  lines.add(kAny);
  Follower follower = at_end(dir);
  CHECK(follower.last_seq() == 2);
  CHECK(poll(follower).empty());
  lines.add(kAny);
  lines.add(kAny);
  CHECK(poll(follower) == Seqs{3, 4});
  CHECK(poll(follower).empty());
}

TEST_CASE("follow: events are given over any number of new segments, in order") {
  const test::TempDir dir;
  test::AuditLines lines(dir.path());
  lines.add(kAny);
  Follower follower = at_end(dir);
  lines.add(kAny);
  for (int i = 0; i < 3; ++i) {
    lines.begin_segment();
    lines.add(kAny);
    lines.add(kAny);
  }
  CHECK(poll(follower) == Seqs{2, 3, 4, 5, 6, 7, 8});
  lines.add(kAny);
  CHECK(poll(follower) == Seqs{9});
}

TEST_CASE("follow: a line is given when it is whole") {
  const test::TempDir dir;
  test::AuditLines lines(dir.path());
  lines.add(kAny);
  Follower follower = at_end(dir);
  const std::string line = test::make_line(test::decision_members(kAny), 2, lines.head.last_hash) + "\n";
  std::ofstream file(lines.segment(), std::ios::app);
  file << line.substr(0, 50) << std::flush;
  CHECK(poll(follower).empty());
  file << line.substr(50) << std::flush;
  CHECK(poll(follower) == Seqs{2});
}

TEST_CASE("follow: what a torn line leaves when it is cut is not mixed with what follows") {
  const test::TempDir dir;
  test::AuditLines lines(dir.path());
  lines.add(kAny);
  const auto whole = std::filesystem::file_size(lines.segment());
  std::ofstream(lines.segment(), std::ios::app) << "{\"torn";
  Follower follower = at_end(dir);
  CHECK(poll(follower).empty());
  std::filesystem::resize_file(lines.segment(), whole);
  lines.add(kAny);
  CHECK(poll(follower) == Seqs{2});
}

TEST_CASE("follow: a store that is empty, or just began a segment, is followed from its first event") {
  const test::TempDir dir;
  test::AuditLines lines(dir.path());
  Follower empty = at_end(dir);
  CHECK(empty.last_seq() == 0);
  lines.add(kAny);
  CHECK(poll(empty) == Seqs{1});
  dir.write(segment_name(2), "");
  Follower begun = at_end(dir);
  CHECK(begun.last_seq() == 1);
  lines.begin_segment();
  lines.add(kAny);
  CHECK(poll(begun) == Seqs{2});
}

TEST_CASE("follow: a store that was cleared is followed anew") {
  const test::TempDir dir;
  test::AuditLines lines(dir.path());
  for (int i = 0; i < 3; ++i) lines.add(kAny);
  Follower follower = at_end(dir);
  std::filesystem::remove(lines.segment());
  CHECK(poll(follower).empty());
  test::AuditLines anew(dir.path());
  anew.add(R"("type":"cache.cleared","time":"2026-04-18T10:30:00.000Z")");
  CHECK(poll(follower) == Seqs{1});
}

TEST_CASE("follow: it goes on where it was told to stop") {
  const test::TempDir dir;
  test::AuditLines lines(dir.path());
  Follower follower = at_end(dir);
  for (int i = 0; i < 3; ++i) lines.add(kAny);
  std::size_t seen = 0;
  CHECK(follower
            .poll([&](const EventLine&) {
              ++seen;
              return Next::Stop;
            })
            .ok());
  CHECK(seen == 1);
  CHECK(poll(follower) == Seqs{2, 3});
}

}  // namespace guardian::audit
