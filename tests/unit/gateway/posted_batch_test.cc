#include "guardian/gateway/posted_batch.h"

#include <doctest/doctest.h>

#include "guardian/audit/event_line.h"

using guardian::base::ErrorCode;
using guardian::gateway::kMaxEventId;
using guardian::gateway::kMaxPostedEvents;
using guardian::gateway::parse_posted;
using guardian::gateway::PostedBatch;

namespace {

PostedBatch parsed(const std::string& events) {
  auto batch = parse_posted(R"({"sidecar":"host-1","events":[)" + events + "]}");
  if (!batch) FAIL(batch.error().message());
  return std::move(batch).value();
}

ErrorCode refused(const std::string& body) {
  const auto batch = parse_posted(body);
  REQUIRE_FALSE(batch.ok());
  return batch.error().code();
}

}  // namespace

TEST_CASE("posted: events are kept byte for byte, in order") {
  const std::string first = R"({"context":{"n":1E2,"u":"\u00e9"},"id":"a","hash":"x"})";
  const PostedBatch batch = parsed(" " + first + " , {\"id\":\"b\"}");
  CHECK(batch.sidecar == "host-1");
  REQUIRE(batch.events.size() == 2);
  CHECK(batch.events[0].text == first);
  CHECK(batch.events[0].id == "a");
  CHECK(batch.events[1].text == R"({"id":"b"})");
  CHECK(batch.rejected.empty());
}

TEST_CASE("posted: an event over several lines becomes one") {
  CHECK(parsed("{\r\n \"id\":\n\"a\"}\n").events.at(0).text == "{   \"id\": \"a\"}");
}

TEST_CASE("posted: numbers that canonical JSON writes are taken") {
  CHECK(parsed(R"({"id":"a","n":100000000000000000000})").events.size() == 1);
}

TEST_CASE("posted: contexts as deep as a request may send them are taken") {
  const std::string deep = std::string(64, '[') + std::string(64, ']');
  CHECK(parsed(R"({"id":"a","context":{"d":)" + deep + "}}").events.size() == 1);
}

TEST_CASE("posted: what is no object with an id is rejected alone") {
  const PostedBatch batch = parsed(R"(1,null,"a",[],{},{"id":1},{"id":""},{"id":null},{"id":"good"})");
  REQUIRE(batch.events.size() == 1);
  CHECK(batch.events[0].id == "good");
  CHECK(batch.rejected.size() == 8);
  for (const auto& event : batch.rejected) {
    CHECK_FALSE(event.id.has_value());
    CHECK_FALSE(event.error.empty());
  }
}

TEST_CASE("posted: an id or an event that is too long is rejected with its id") {
  const std::string longest(kMaxEventId, 'x');
  const std::string filling(guardian::audit::kMaxLineBytes, 'x');
  const PostedBatch batch =
      parsed(R"({"id":")" + longest + R"("},{"id":")" + longest + R"(x"},{"id":"l","f":")" + filling + "\"}");
  REQUIRE(batch.events.size() == 1);
  REQUIRE(batch.rejected.size() == 2);
  CHECK(batch.rejected[1].id == "l");
}

TEST_CASE("posted: a body that does not say whose events, or has none, is refused") {
  CHECK(refused(R"({"events":[]})") == ErrorCode::InvalidInput);
  CHECK(refused(R"({"sidecar":"","events":[]})") == ErrorCode::InvalidInput);
  CHECK(refused(R"({"sidecar":1,"events":[]})") == ErrorCode::InvalidInput);
  CHECK(refused(R"({"sidecar":")" + std::string(257, 's') + R"(","events":[]})") == ErrorCode::InvalidInput);
  CHECK(refused(R"({"sidecar":"s"})") == ErrorCode::InvalidInput);
  CHECK(refused(R"({"sidecar":"s","events":{}})") == ErrorCode::InvalidInput);
  CHECK(refused("[]") == ErrorCode::InvalidInput);
}

TEST_CASE("posted: a body that is no JSON is refused, wherever it is wrong") {
  for (const char* const body :
       {"", "x", R"({"sidecar":"s","events":[)", R"({"sidecar":"s","events":[{"id":"a"},]})",
        R"({"sidecar":"s","events":[{"id":"a"}]} x)", R"({"sidecar":"s","events":[{"id":"a","id":"b"}]})",
        R"({"sidecar":"s","events":[{"id":tru}]})", "{\"sidecar\":\"s\",\"events\":[{\"id\":\"\xff\"}]}"}) {
    CAPTURE(body);
    CHECK(refused(body) == ErrorCode::Malformed);
  }
}

TEST_CASE("posted: a thousand events are taken, one more is too many") {
  std::string events = R"({"id":"a"})";
  for (std::size_t i = 1; i < kMaxPostedEvents; ++i) events += R"(,{"id":"a"})";
  CHECK(parsed(events).events.size() == kMaxPostedEvents);
  CHECK(refused(R"({"sidecar":"s","events":[)" + events + R"(,{"id":"a"}]})") == ErrorCode::TooLarge);
}
