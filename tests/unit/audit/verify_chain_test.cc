#include "guardian/audit/verify_chain.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <vector>

#include "support/audit_lines.h"
#include "support/temp_dir.h"

namespace guardian::audit {

namespace {

constexpr std::size_t kEvents = 9;
constexpr std::size_t kInSegment = 3;

// Nine events in three segments, as lines that a test can tamper with before they are written.
struct Small {
  explicit Small(std::uint64_t first_seq = 1, std::string_view first_prev = kNoHash) : first(first_seq) {
    const test::TempDir dir;
    test::AuditLines made(dir.path(), first_seq, first_prev);
    for (std::size_t i = 0; i < kEvents; ++i) {
      if (i % kInSegment == 0) made.begin_segment();
      lines.push_back(made.add({.id = "id-" + std::to_string(i)}));
    }
    head = made.head;
  }

  [[nodiscard]] std::string segment(std::size_t index) const { return segment_name(first + index * kInSegment); }

  // Writes the segments, each line where it was made, and the head.
  ChainReport verify() const {
    const test::TempDir dir;
    for (std::size_t i = 0; i < kEvents; i += kInSegment) {
      std::string text;
      for (std::size_t j = i; j < i + kInSegment; ++j) text += lines[j];
      if (!text.empty()) dir.write(segment_name(first + i), text);
    }
    if (head) dir.write("head.json", write_head(*head));
    const auto report = verify_chain({dir.path(), {}});
    REQUIRE(report.ok());
    return *report;
  }
  // All lines with their newlines.
  void end_lines() {
    for (std::string& line : lines) line += '\n';
  }

  std::uint64_t first;
  std::vector<std::string> lines;
  std::optional<Head> head;
};

Small whole() {
  Small small;
  small.end_lines();
  return small;
}

// The line with other content and a hash that fits it.
std::string forged(const std::string& line, std::string_view from, std::string_view to) {
  std::string text = line.substr(0, line.rfind(",\"hash\":")) + "}";
  text.replace(text.find(from), from.size(), to);
  const std::string hash = crypto::hex(crypto::sha256(text));
  text.insert(text.size() - 1, ",\"hash\":\"" + hash + "\"");
  return text + "\n";
}

void check_bad(const Small& small, std::uint64_t seq, std::size_t in_segment, std::uint64_t line) {
  const ChainReport report = small.verify();
  REQUIRE(report.bad.has_value());
  CHECK(report.bad->seq == seq);
  CHECK(report.bad->segment.ends_with(small.segment(in_segment)));
  CHECK(report.bad->line == line);
  CHECK_FALSE(report.bad->what.empty());
}

}  // namespace

TEST_CASE("verify: an untouched store holds") {
  const ChainReport report = whole().verify();
  CHECK_FALSE(report.bad.has_value());
  CHECK_FALSE(report.torn.has_value());
  CHECK(report.events == kEvents);
  CHECK(report.segments == 3);
  CHECK(report.first_seq == 1);
  CHECK(report.last_seq == kEvents);
  CHECK(report.last_hash == whole().head->last_hash);
  CHECK(report.ends_are_proved);
}

TEST_CASE("verify: every byte of every line that is changed shows, and which line it is") {
  for (std::size_t i = 0; i < kEvents; ++i) {
    const std::size_t size = whole().lines[i].size() - 1;
    for (std::size_t at = 0; at < size; at += 7) {
      Small small = whole();
      small.lines[i][at] = static_cast<char>(small.lines[i][at] ^ 1);
      const ChainReport report = small.verify();
      REQUIRE(report.bad.has_value());
      CHECK(report.bad->seq == i + 1);
      CHECK(report.bad->segment.ends_with(small.segment(i / kInSegment)));
      CHECK(report.bad->line == i % kInSegment + 1);
    }
  }
}

TEST_CASE("verify: an altered event names its id") {
  Small small = whole();
  small.lines[4].replace(small.lines[4].find("\"allow\""), 7, "\"alloW\"");
  CHECK(small.verify().bad->id == "id-4");
}

TEST_CASE("verify: every line that is removed shows") {
  for (std::size_t i = 0; i < kEvents; ++i) {
    Small small = whole();
    small.lines[i].clear();
    const ChainReport report = small.verify();
    REQUIRE(report.bad.has_value());
    CHECK(report.bad->seq == i + 1);
    CHECK(report.bad->what.find("missing") != std::string::npos);
  }
}

TEST_CASE("verify: every segment that is removed shows") {
  for (std::size_t i = 0; i < kEvents; i += kInSegment) {
    Small small = whole();
    for (std::size_t j = i; j < i + kInSegment; ++j) small.lines[j].clear();
    const ChainReport report = small.verify();
    REQUIRE(report.bad.has_value());
    CHECK(report.bad->seq == i + 1);
  }
  Small none = whole();
  for (std::string& line : none.lines) line.clear();
  CHECK(none.verify().bad->what == "events 1 to 9 are missing");
}

TEST_CASE("verify: lines that changed places show") {
  for (std::size_t i = 0; i < kEvents; ++i) {
    for (std::size_t j = i + 1; j < kEvents; ++j) {
      Small small = whole();
      std::swap(small.lines[i], small.lines[j]);
      const ChainReport report = small.verify();
      REQUIRE(report.bad.has_value());
      CHECK(report.bad->seq == i + 1);
    }
  }
}

TEST_CASE("verify: lines that are repeated or put in show") {
  for (std::size_t i = 0; i < kEvents; ++i) {
    Small twice = whole();
    twice.lines[i] += twice.lines[i];
    CHECK(twice.verify().bad.has_value());
    Small empty = whole();
    empty.lines[i] += "\n";
    CHECK(empty.verify().bad.has_value());
  }
}

TEST_CASE("verify: every line that is cut, and all behind it, shows") {
  for (std::size_t i = 0; i < kEvents; ++i) {
    for (const std::size_t left : {std::size_t{0}, std::size_t{1}, std::size_t{300}, whole().lines[i].size() - 1}) {
      Small only = whole();
      only.lines[i].resize(left);
      CHECK(only.verify().bad.value().seq == i + 1);
      Small rest = whole();
      rest.lines[i].resize(left);
      for (std::size_t j = i + 1; j < kEvents; ++j) rest.lines[j].clear();
      CHECK(rest.verify().bad.value().seq == i + 1);
    }
  }
}

TEST_CASE("verify: an event that is altered with a hash that fits does not fit the next one, or the head") {
  for (std::size_t i = 0; i < kEvents; ++i) {
    Small small = whole();
    small.lines[i] = forged(small.lines[i], "\"allow\"", "\"deny\"");
    const std::size_t shows = std::min(i + 1, kEvents - 1);
    check_bad(small, shows + 1, shows / kInSegment, shows % kInSegment + 1);
  }
}

TEST_CASE("verify: a first event must be one, or what was let go must be told") {
  const std::string hash(64, 'a');
  Small later(100, hash);
  later.end_lines();
  CHECK_FALSE(later.verify().bad.has_value());
  Small other = later;
  other.head->first_prev = std::string(64, 'b');
  check_bad(other, 100, 0, 1);
  // Without what the head says, the same lines begin out of nowhere.
  other = later;
  other.head->first_seq = 1;
  CHECK(other.verify().bad.value().what == "events 1 to 99 are missing");
  Small zero(1, hash);
  zero.end_lines();
  CHECK(zero.verify().bad.value().seq == 1);
}

TEST_CASE("verify: what was let go and is still there leads to where the head begins") {
  Small small = whole();
  small.head->first_seq = 4;
  const auto third = read_event_line(std::string_view(small.lines[2]).substr(0, small.lines[2].size() - 1));
  small.head->first_prev = third->hash;
  CHECK_FALSE(small.verify().bad.has_value());
  small.lines[0].clear();
  small.lines[1].clear();
  small.lines[2].clear();
  CHECK_FALSE(small.verify().bad.has_value());
  small.lines[3].clear();
  CHECK(small.verify().bad.value().seq == 4);
}

TEST_CASE("verify: a gap event proves the beginning that it tells of") {
  const std::string hash(64, 'a');
  for (const bool fits : {true, false}) {
    const test::TempDir dir;
    test::AuditLines made(dir.path(), 50, hash);
    made.add(test::DecisionFields());
    made.add(R"("type":"audit.gap","time":"2026-04-18T10:30:00.000Z","gap":{"cause":"dropped-oldest","count":49,)"
             R"("from":1,"to":49,"lastHash":")" +
             (fits ? hash : std::string(64, 'b')) + "\"}");
    made.head.first_seq = 1;
    made.head.first_prev = kNoHash;
    made.write_head();
    const auto report = verify_chain({dir.path(), {}});
    REQUIRE(report.ok());
    CHECK(report->bad.has_value() != fits);
    CHECK(report->dropped == 49);
  }
}

TEST_CASE("verify: a last line without its newline is torn where the head does not have it") {
  Small small = whole();
  const auto eighth = read_event_line(std::string_view(small.lines[7]).substr(0, small.lines[7].size() - 1));
  small.head->last_seq = 8;
  small.head->last_hash = eighth->hash;
  small.lines[8].resize(100);
  const ChainReport report = small.verify();
  CHECK_FALSE(report.bad.has_value());
  REQUIRE(report.torn.has_value());
  CHECK(report.torn->line == 3);
  CHECK(report.torn->bytes == 100);
  CHECK(report.events == 8);
}

TEST_CASE("verify: a head that is a little behind is right, one that is damaged or gone is not") {
  Small small = whole();
  const auto eighth = read_event_line(std::string_view(small.lines[7]).substr(0, small.lines[7].size() - 1));
  small.head->last_seq = 8;
  small.head->last_hash = eighth->hash;
  CHECK_FALSE(small.verify().bad.has_value());
  small.head->last_hash = std::string(64, 'a');
  CHECK(small.verify().bad.value().seq == 8);
  small.head.reset();
  CHECK(small.verify().bad.value().segment.ends_with("head.json"));
}

TEST_CASE("verify: an empty store is right where the head says that all was let go") {
  Small small = whole();
  for (std::string& line : small.lines) line.clear();
  small.head->first_seq = kEvents + 1;
  small.head->first_prev = small.head->last_hash;
  CHECK_FALSE(small.verify().bad.has_value());
}

TEST_CASE("verify: of a single segment the chain inside is checked") {
  const test::TempDir dir;
  const Small small = whole();
  const std::string text = small.lines[3] + small.lines[4] + small.lines[5];
  const auto verify = [&](const std::string& content) {
    const auto report = verify_chain({{}, dir.write("copy", content)});
    REQUIRE(report.ok());
    return *report;
  };
  CHECK_FALSE(verify(text).bad.has_value());
  CHECK_FALSE(verify(text).ends_are_proved);
  CHECK(verify(small.lines[3] + small.lines[5]).bad.value().seq == 5);
  CHECK(verify(small.lines[4] + small.lines[3]).bad.value().line == 2);
  CHECK(verify_chain({{}, dir.file("none")}).error().code() == base::ErrorCode::NotFound);
}

}  // namespace guardian::audit
