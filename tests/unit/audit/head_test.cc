#include "guardian/audit/head.h"

#include <doctest/doctest.h>

#include <limits>

#include "tests/support/temp_dir.h"

namespace guardian::audit {

namespace {

// As long as any, with this for the seq of its last event.
std::string head_with_last_seq(std::string_view seq) {
  std::string text = write_head({});
  const std::size_t size = text.size();
  const std::string_view before = R"("last":{"seq":)";
  const std::size_t at = text.find(before);
  REQUIRE(at != std::string::npos);
  text.replace(at + before.size(), 1, seq);
  text.resize(size - 1);
  return text + "\n";
}

}  // namespace

TEST_CASE("head: what is written is read back, always of one length") {
  Head head{7, std::string(64, 'a'), 9, std::string(64, 'b'), 8, 6, 5};
  const std::string text = write_head(head);
  const auto read = parse_head(text);
  REQUIRE(read.has_value());
  CHECK(read->first_seq == 7);
  CHECK(read->first_prev == head.first_prev);
  CHECK(read->last_seq == 9);
  CHECK(read->last_hash == head.last_hash);
  CHECK(read->forwarded == 8);
  CHECK(read->told == 6);
  CHECK(read->unwritten == 5);
  head.first_seq = head.last_seq = head.forwarded = head.told = head.unwritten = std::uint64_t{1} << 53U;
  CHECK(write_head(head).size() == text.size());
}

TEST_CASE("head: a seq that is no whole number, or that no double tells from the next, is none") {
  for (const char* const good : {"0", "7", "9007199254740992"}) {
    CAPTURE(good);
    CHECK(parse_head(head_with_last_seq(good)).has_value());
  }
  for (const char* const bad :
       {"9007199254740993", "18446744073709551615", "18446744073709551616", "1e300", "-1", "1.5", "null", "\"7\""}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_head(head_with_last_seq(bad)).has_value());
  }
}

TEST_CASE("head: a damaged one is none") {
  const std::string text = write_head({});
  for (std::size_t size = 0; size < text.size(); ++size) CHECK_FALSE(parse_head(text.substr(0, size)).has_value());
  const test::TempDir directory;
  CHECK_FALSE(load_head(directory.path()).value().has_value());
  directory.write("head.json", text + text);
  CHECK_FALSE(load_head(directory.path()).value().has_value());
  directory.write("head.json", text);
  CHECK(load_head(directory.path()).value().has_value());
}

}  // namespace guardian::audit
