#include "guardian/audit/backward_reader.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "guardian/audit/event_line.h"
#include "support/temp_dir.h"

namespace guardian::audit {

namespace {

using Found = LineReader::Found;

struct Line {
  Found found;
  std::string text;
  std::uint64_t offset;
  bool operator==(const Line&) const = default;
};

template <typename Reader>
std::vector<Line> lines_of(const std::string& path) {
  auto reader = Reader::open(path);
  REQUIRE(reader.ok());
  std::vector<Line> lines;
  while (true) {
    const auto step = reader->next();
    REQUIRE(step.ok());
    if (step->found == Found::End) return lines;
    // Of a line that is too long each gives the part that it has.
    const bool whole = step->found != Found::TooLong;
    lines.push_back({step->found, whole ? std::string(step->text) : "", whole ? step->offset : 0});
    if (std::is_same_v<Reader, LineReader> && step->found == Found::Partial) return lines;
  }
}

void check_both_ways(const std::string& content) {
  const test::TempDir dir;
  const std::string path = dir.write("s", content);
  auto forwards = lines_of<LineReader>(path);
  std::ranges::reverse(forwards);
  CHECK(lines_of<BackwardReader>(path) == forwards);
}

}  // namespace

TEST_CASE("backward reader: the lines are those that are read forwards, the newest first") {
  check_both_ways("");
  check_both_ways("one\n");
  check_both_ways("one\ntwo\nthree\n");
  check_both_ways("one\n\ntwo\n");
  check_both_ways("one\ntwo");
  check_both_ways("torn");
}

TEST_CASE("backward reader: lines that do not fit into one piece are put together") {
  std::string content;
  for (std::size_t size = 1; size < 300'000; size = size * 3 + 1) content += std::string(size, 'a') + "\n";
  check_both_ways(content);
  check_both_ways(content + "torn");
  for (const std::size_t piece : {std::size_t{8} << 10, std::size_t{72} << 10}) {
    for (std::size_t size = piece - 6; size < piece + 3; ++size)
      check_both_ways("a\n" + std::string(size, 'b') + "\nend\n");
  }
}

TEST_CASE("backward reader: a line at the limit is one, one that is longer is told so and passed") {
  check_both_ways("one\n" + std::string(kMaxLineBytes, 'a') + "\ntwo\n");
  check_both_ways("one\n" + std::string(kMaxLineBytes + 1, 'a') + "\ntwo\n");
  check_both_ways("one\n" + std::string(3 * kMaxLineBytes, 'a') + "\ntwo\n");
  check_both_ways(std::string(3 * kMaxLineBytes, 'a') + "\ntwo\n");
}

TEST_CASE("backward reader: a file that is not there is not found") {
  const auto reader = BackwardReader::open("/nonexistent/file");
  REQUIRE_FALSE(reader.ok());
  CHECK(reader.error().code() == base::ErrorCode::NotFound);
}

}  // namespace guardian::audit
