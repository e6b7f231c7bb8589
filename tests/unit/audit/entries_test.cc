#include "guardian/audit/entries.h"

#include <doctest/doctest.h>

#include "guardian/json/reader.h"
#include "support/audit_lines.h"
#include "support/temp_dir.h"

namespace guardian::audit {

TEST_CASE("entries: the newest events come first, each with its time as timestamp") {
  const test::TempDir dir;
  test::AuditLines lines(dir.path());
  for (int i = 1; i <= 5; ++i) {
    lines.begin_segment();
    lines.add({.time = "2026-04-18T10:30:0" + std::to_string(i) + ".000Z", .agent_id = i % 2 == 0 ? "even" : "odd"});
  }
  const auto text = entries_json(dir.path(), *Filter::make({.agent = "odd"}, {}), 2);
  REQUIRE(text.ok());
  const auto parsed = json::parse(*text);
  REQUIRE(parsed.ok());
  const auto entries = parsed->root().find("entries")->as_list();
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].find("seq")->as_unsigned() == 5);
  CHECK(entries[1].find("seq")->as_unsigned() == 3);
  for (const json::Value& entry : entries) {
    CHECK(entry.find("timestamp")->as_text() == entry.find("time")->as_text());
    CHECK(entry.find("hash")->as_text().size() == 64);
  }
  CHECK(*entries_json(dir.path(), {}, 0) == R"({"entries":[]})");
}

TEST_CASE("entries: a line that is no JSON any more is left out, so that the answer is some") {
  const test::TempDir dir;
  test::AuditLines lines(dir.path());
  lines.add(test::DecisionFields());
  std::string text = dir.read(segment_name(1));
  text.replace(text.find("0.031"), 5, "0.0x1");
  dir.write(segment_name(1), text);
  CHECK(*entries_json(dir.path(), {}, 10) == R"({"entries":[]})");
}

TEST_CASE("entries: the newest lines come in the order they were written") {
  const test::TempDir dir;
  test::AuditLines lines(dir.path());
  std::vector<std::string> written;
  for (int i = 0; i < 5; ++i) written.push_back(lines.add(test::DecisionFields()));
  const auto newest = newest_lines({dir.path(), {}}, {}, 2);
  REQUIRE(newest.ok());
  CHECK(*newest == std::vector<std::string>(written.end() - 2, written.end()));
}

}  // namespace guardian::audit
