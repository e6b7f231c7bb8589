#include "guardian/sidecar/enforce_request.h"

#include <doctest/doctest.h>

#include <string>

using guardian::base::ErrorCode;
using namespace guardian::sidecar;

namespace {

ErrorCode refusal(std::string_view body, ExtraMembers extra = ExtraMembers::None) {
  const auto parsed = parse_enforce_request(body, extra);
  REQUIRE_FALSE(parsed.ok());
  return parsed.error().code();
}

std::string refusal_text(std::string_view body) {
  const auto parsed = parse_enforce_request(body, ExtraMembers::None);
  REQUIRE_FALSE(parsed.ok());
  return parsed.error().message();
}

}  // namespace

TEST_CASE("enforce request: every member is read") {
  const auto parsed = parse_enforce_request(
      R"({"agentId":"a","action":"write:email","resource":"r","context":{"amount":45.00},"explain":true,"traceId":"t"})",
      ExtraMembers::None);
  REQUIRE(parsed.ok());
  CHECK(parsed->question.agent_id == "a");
  CHECK(parsed->question.request.action == "write:email");
  CHECK(parsed->question.request.resource == "r");
  CHECK(parsed->question.request.context.find("amount")->as_number() == 45.0);
  CHECK(parsed->explain);
  CHECK(parsed->trace_id == "t");
}

TEST_CASE("enforce request: a null member is absent and an empty delegation chain is not delegated") {
  const auto parsed = parse_enforce_request(
      R"({"agentId":"a","action":"x","resource":null,"context":null,"explain":null,"traceId":null,"delegation":{"chain":[]}})",
      ExtraMembers::None);
  REQUIRE(parsed.ok());
  CHECK_FALSE(parsed->question.request.resource.has_value());
  CHECK(parsed->question.request.context.is_null());
  CHECK_FALSE(parsed->explain);
}

TEST_CASE("enforce request: what is wrong is refused and the member is named") {
  CHECK(refusal_text(R"({"action":"x"})").find("`agentId`") != std::string::npos);
  CHECK(refusal_text(R"({"agentId":"a"})").find("`action`") != std::string::npos);
  CHECK(refusal_text(R"({"agentId":"a","action":7})").find("`action`") != std::string::npos);
  CHECK(refusal_text(R"({"agentId":"a","action":"x","resource":[]})").find("`resource`") != std::string::npos);
  CHECK(refusal_text(R"({"agentId":"a","action":"x","context":"c"})").find("`context`") != std::string::npos);
  CHECK(refusal_text(R"({"agentId":"a","action":"x","explain":"yes"})").find("`explain`") != std::string::npos);
  CHECK(refusal_text(R"({"agentId":"a","action":"x","agent_id":"b"})").find("`agent_id`") != std::string::npos);
  CHECK(refusal_text(R"({"agentId":"a","action":"x","context":{"n":9007199254740993}})").find("context.n") !=
        std::string::npos);
}

TEST_CASE("enforce request: text that is not one strict JSON object is refused") {
  for (const char* body : {"", "[]", "null", "{", R"({"agentId":"a","action":"x"} x)",
                           R"({"agentId":"a","agentId":"b","action":"x"})", R"({"agentId":"\ud800","action":"x"})"}) {
    CAPTURE(body);
    CHECK_FALSE(parse_enforce_request(body, ExtraMembers::None).ok());
  }
}

TEST_CASE("enforce request: an action has 1 to 256 bytes and no control characters") {
  const auto with_action = [](const std::string& action) { return R"({"agentId":"a","action":")" + action + "\"}"; };
  CHECK(parse_enforce_request(with_action(std::string(256, 'x')), ExtraMembers::None).ok());
  CHECK(refusal(with_action(std::string(257, 'x'))) == ErrorCode::InvalidInput);
  CHECK(refusal(with_action("")) == ErrorCode::InvalidInput);
  CHECK(refusal(with_action("a\\nb")) == ErrorCode::InvalidInput);
  CHECK(refusal(with_action("a\\u007fb")) == ErrorCode::InvalidInput);
}

TEST_CASE("enforce request: a resource has at most 4,096 bytes and may be empty") {
  const auto with_resource = [](std::size_t size) {
    return R"({"agentId":"a","action":"x","resource":")" + std::string(size, 'r') + "\"}";
  };
  CHECK(parse_enforce_request(with_resource(0), ExtraMembers::None)->question.request.resource == "");
  CHECK(parse_enforce_request(with_resource(4'096), ExtraMembers::None).ok());
  CHECK(refusal(with_resource(4'097)) == ErrorCode::InvalidInput);
}

TEST_CASE("enforce request: depth 64 is read and depth 65 is too large") {
  const auto nested = [](std::size_t lists) {
    // The body and its context are two levels.
    return R"({"agentId":"a","action":"x","context":{"v":)" + std::string(lists, '[') + std::string(lists, ']') + "}}";
  };
  CHECK(parse_enforce_request(nested(62), ExtraMembers::None).ok());
  CHECK(refusal(nested(63)) == ErrorCode::TooLarge);
}

TEST_CASE("enforce request: the chain of delegators is part of the question") {
  const auto parsed =
      parse_enforce_request(R"({"agentId":"a","action":"x","delegation":{"chain":["root","b"]}})", ExtraMembers::None);
  REQUIRE(parsed.ok());
  CHECK(parsed->question.agent_id == "a");
  REQUIRE(parsed->question.chain.size() == 2);
  CHECK(parsed->question.chain.front() == "root");
  const auto batch =
      parse_batch_request(R"({"agentId":"a","actions":[{"action":"x"}],"delegation":{"chain":["root"]}})");
  REQUIRE(batch.ok());
  CHECK(batch->asker.chain == std::vector<std::string_view>{"root"});
  CHECK(refusal(R"({"agentId":"a","action":"x","delegation":{"chains":[]}})") == ErrorCode::InvalidInput);
}

TEST_CASE("enforce request: a token's claims say who acts, and for whom") {
  const auto parsed = parse_enforce_request(
      R"({"action":"x","token":{"sub":"root","act":{"sub":"a","act":{"sub":"b"}},"scope":"s"}})", ExtraMembers::Eval);
  REQUIRE(parsed.ok());
  CHECK(parsed->question.agent_id == "a");
  CHECK(parsed->chain == std::vector<std::string_view>{"root", "b"});
  CHECK(refusal(R"({"agentId":"c","action":"x","token":{"sub":"root","act":{"sub":"a"}}})", ExtraMembers::Eval) ==
        ErrorCode::Forbidden);
}

TEST_CASE("enforce request: time and token are for eval alone") {
  const char* const body = R"({"agentId":"a","action":"x","at":"2026-04-18T10:30:00Z","token":{"scope":"s"}})";
  CHECK(refusal(body) == ErrorCode::InvalidInput);
  const auto parsed = parse_enforce_request(body, ExtraMembers::Eval);
  REQUIRE(parsed.ok());
  CHECK(guardian::base::format_rfc3339(*parsed->at) == "2026-04-18T10:30:00Z");
  CHECK(parsed->question.request.token.find("scope")->as_text() == "s");
  CHECK(refusal(R"({"agentId":"a","action":"x","at":"yesterday"})", ExtraMembers::Eval) == ErrorCode::InvalidInput);
}

TEST_CASE("batch request: the actions are read in order") {
  const auto parsed = parse_batch_request(
      R"({"agentId":"a","actions":[{"action":"x"},{"action":"y","resource":"r","context":{"n":1}}],"traceId":"t"})");
  REQUIRE(parsed.ok());
  REQUIRE(parsed->actions.size() == 2);
  CHECK(parsed->actions[0].action == "x");
  CHECK(parsed->actions[1].resource == "r");
  CHECK(parsed->trace_id == "t");
}

TEST_CASE("batch request: none, and more than a thousand actions are refused") {
  CHECK(parse_batch_request(R"({"agentId":"a","actions":[]})").error().code() == ErrorCode::InvalidInput);
  const auto of = [](std::size_t count) {
    std::string body = R"({"agentId":"a","actions":[{"action":"x"})";
    for (std::size_t i = 1; i < count; ++i) body += R"(,{"action":"x"})";
    return body + "]}";
  };
  CHECK(parse_batch_request(of(1'000)).ok());
  CHECK(parse_batch_request(of(1'001)).error().code() == ErrorCode::TooLarge);
}

TEST_CASE("batch request: an error names the action's place") {
  const auto parsed = parse_batch_request(R"({"agentId":"a","actions":[{"action":"x"},{"action":"y","colour":1}]})");
  REQUIRE_FALSE(parsed.ok());
  CHECK(parsed.error().message().find("`actions[1].colour`") != std::string::npos);
  CHECK_FALSE(parse_batch_request(R"({"agentId":"a","actions":["x"]})").ok());
}
