#include "guardian/audit/event_line.h"

#include <doctest/doctest.h>

#include <string>

namespace guardian::audit {

namespace {

// A stored line: its canonical JSON with the hash put last.
std::string line_of(std::string canonical) {
  const std::string hash = crypto::hex(crypto::sha256(canonical));
  canonical.insert(canonical.size() - 1, ",\"hash\":\"" + hash + "\"");
  return canonical;
}

const std::string kStart =
    R"({"action":"write:email","agentId":"a\"b\\","context":{"prev":"x","seq":7,"t":["}",{"hash":"\\"}]},"id":"i-1",)"
    R"("policy":null,"prev":")" +
    std::string(kNoHash) + R"(","seq":42,"time":"2026-04-18T10:30:00.123Z","type":"decision")";

}  // namespace

TEST_CASE("event line: members of the event are found, those inside others are not") {
  const std::string line = line_of(kStart + "}");
  const auto event = read_event_line(line);
  REQUIRE(event.has_value());
  CHECK(event->seq == 42);
  CHECK(event->prev == kNoHash);
  CHECK(event->time == "2026-04-18T10:30:00.123Z");
  CHECK(event->type == "decision");
  CHECK(event->action == "\"write:email\"");
  CHECK(text_of_member(event->agent_id) == "a\"b\\");
  CHECK(event->policy == "null");
  CHECK_FALSE(text_of_member(event->policy).has_value());
  CHECK(event->rule.empty());
  CHECK(LineHasher().holds(*event));
}

TEST_CASE("event line: one changed byte does not carry its hash") {
  std::string line = line_of(kStart + "}");
  line[line.find("email")] = 'E';
  const auto event = read_event_line(line);
  REQUIRE(event.has_value());
  CHECK_FALSE(LineHasher().holds(*event));
}

TEST_CASE("event line: members are found in any order") {
  std::string text = R"({"type":"x","time":"t","seq":3,"rule":"r","zzz":1,"action":"a","prev":")" +
                     std::string(kNoHash) + R"(","id":"i","aaa":{},"agentId":"b"})";
  const std::string line = line_of(text);
  const auto event = read_event_line(line);
  REQUIRE(event.has_value());
  CHECK(event->seq == 3);
  CHECK(event->rule == "\"r\"");
  CHECK(event->action == "\"a\"");
  CHECK(event->agent_id == "\"b\"");
}

TEST_CASE("event line: a hash is 64 lower-case hexadecimal digits") {
  const std::string line = line_of(kStart + "}");
  const std::size_t first = line.find(kNoHash);
  for (const char c : {'/', ':', '`', 'g', 'A', 'F', '\x80', ' '}) {
    for (const std::size_t at : {std::size_t{0}, std::size_t{31}, std::size_t{63}}) {
      std::string other = line;
      other[first + at] = c;
      CHECK_FALSE(read_event_line(other).has_value());
    }
  }
  for (const char c : {'9', 'a', 'f'}) {
    std::string other = line;
    other[first] = c;
    CHECK(read_event_line(other).has_value());
  }
}

TEST_CASE("event line: any part of a line is no event") {
  const std::string line = line_of(kStart + "}");
  for (std::size_t size = 0; size < line.size(); ++size) CHECK_FALSE(read_event_line(line.substr(0, size)).has_value());
  CHECK_FALSE(read_event_line(line + " ").has_value());
}

TEST_CASE("event line: an event has all that chains it, in their forms") {
  CHECK(read_event_line(line_of(kStart + "}")).has_value());
  for (const auto* const needed : {"\"id\":", "\"prev\":", "\"seq\":", "\"time\":", "\"type\":"}) {
    std::string text = kStart;
    text.replace(text.rfind(needed) + 1, 1, "Z");
    CHECK_FALSE(read_event_line(line_of(text + "}")).has_value());
  }
  std::string without_hash = kStart + ",\"x\":\"" + std::string(70, '0') + "\"}";
  CHECK_FALSE(read_event_line(without_hash).has_value());
  std::string zero = kStart;
  zero.replace(zero.find("\"seq\":42"), 8, "\"seq\":00");
  CHECK_FALSE(read_event_line(line_of(zero + "}")).has_value());
}

}  // namespace guardian::audit
