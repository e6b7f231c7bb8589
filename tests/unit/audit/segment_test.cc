#include "guardian/audit/segment.h"

#include <doctest/doctest.h>

#include <fstream>
#include <string>

#include "guardian/audit/event_line.h"
#include "tests/support/temp_dir.h"

namespace guardian::audit {

namespace {

using Found = LineReader::Found;

void append(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::app) << text; }

LineReader opened(const std::string& path, std::uint64_t offset = 0) {
  auto reader = LineReader::open(path, offset);
  REQUIRE(reader.ok());
  return std::move(reader).value();
}

LineReader::Step step_of(LineReader& reader) {
  auto step = reader.next();
  REQUIRE(step.ok());
  return *step;
}

}  // namespace

TEST_CASE("segment: names hold the first seq and sort by it") {
  CHECK(segment_name(42) == "00000000000000000042.jsonl");
  CHECK(first_seq_of("00000000000000000042.jsonl") == 42);
  CHECK(first_seq_of("42.jsonl") == 0);
  CHECK(first_seq_of("0000000000000000004x.jsonl") == 0);
  CHECK(first_seq_of("00000000000000000042.jsonl.tmp") == 0);
}

TEST_CASE("segment: a directory's segments are listed in order, other files are not") {
  const test::TempDir directory;
  for (const std::uint64_t seq : {700U, 1U, 42U}) append(directory.path() + "/" + segment_name(seq), "");
  append(directory.path() + "/head.json", "");
  const auto segments = list_segments(directory.path());
  REQUIRE(segments.ok());
  REQUIRE(segments->size() == 3);
  CHECK((*segments)[0].first_seq == 1);
  CHECK((*segments)[2].first_seq == 700);
  CHECK(list_segments(directory.path() + "/none").error().code() == base::ErrorCode::NotFound);
}

TEST_CASE("segment: lines are read in order, and a torn one is given again once it is whole") {
  const test::TempDir directory;
  const std::string path = directory.path() + "/s";
  append(path, "one\n\ntw");
  LineReader reader = opened(path);
  CHECK(step_of(reader).text == "one");
  CHECK(step_of(reader).text.empty());
  const auto torn = step_of(reader);
  CHECK(torn.found == Found::Partial);
  CHECK(torn.text == "tw");
  CHECK(torn.offset == 5);
  append(path, "o\n");
  CHECK(step_of(reader).text == "two");
  CHECK(reader.offset() == 9);
  CHECK(step_of(reader).found == Found::End);
  CHECK(step_of(*std::make_unique<LineReader>(opened(path, 4))).text.empty());
}

TEST_CASE("segment: a line at the limit is read, one past it is told and passed over") {
  const test::TempDir directory;
  const std::string path = directory.path() + "/s";
  append(path, std::string(kMaxLineBytes, 'a') + "\n" + std::string(kMaxLineBytes + 1, 'b') + "\n" +
                   std::string(3 * kMaxLineBytes, 'c') + "\nlast\n");
  LineReader reader = opened(path);
  const auto whole = step_of(reader);
  CHECK(whole.found == Found::Line);
  CHECK(whole.text.size() == kMaxLineBytes);
  CHECK(step_of(reader).found == Found::TooLong);
  CHECK(step_of(reader).found == Found::TooLong);
  CHECK(step_of(reader).text == "last");
  CHECK(step_of(reader).found == Found::End);
}

}  // namespace guardian::audit
