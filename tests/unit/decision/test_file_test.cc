#include "guardian/decision/test_file.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace guardian::decision {

namespace {

TestFile file_of(std::string_view text) {
  auto file = parse_test_file("t.yaml", text);
  if (!file) FAIL(file.error().message());
  return std::move(file).value();
}

// One test with these members beside the four that must be there.
std::string with(std::string_view members) {
  return "tests:\n  - { name: n, agent: a, action: 'read:x', expect: allow" + std::string(members) + " }\n";
}

std::string refusal_of(std::string_view text, base::ErrorCode code = base::ErrorCode::InvalidInput) {
  const auto file = parse_test_file("t.yaml", text);
  if (file) FAIL("not refused: " << text);
  CHECK(file.error().code() == code);
  return file.error().message();
}

}  // namespace

TEST_CASE("test file: every member is read") {
  const TestFile file = file_of(
      "tests:\n"
      "  - name: first\n"
      "    agent: agent_a\n"
      "    action: write:email\n"
      "    resource: ''\n"
      "    context: { amount: 5 }\n"
      "    token: { sub: agent_a, team: cx }\n"
      "    mode: audit\n"
      "    at: '2026-04-18T10:30:00+02:00'\n"
      "    expect: allow\n"
      "    policy: p\n"
      "    rule: r\n"
      "    reason: because\n"
      "  - { name: second, agent: b, action: x, expect: require-approval }\n");
  REQUIRE(file.cases.size() == 2);
  const TestCase& first = file.cases[0];
  CHECK(first.name == "first");
  CHECK(first.line == 2);
  CHECK(first.question.agent_id == "agent_a");
  CHECK(first.question.request.action == "write:email");
  CHECK(first.question.request.resource == "");
  CHECK(first.question.request.context.find("amount")->as_number() == 5);
  CHECK(first.question.request.token.find("team")->as_text() == "cx");
  CHECK(first.mode == Mode::Audit);
  CHECK(base::format_rfc3339(first.at.value()) == "2026-04-18T08:30:00Z");
  CHECK(first.expect == Expected::Allow);
  CHECK(first.policy.text == "p");
  CHECK(first.rule.text == "r");
  CHECK(first.reason.text == "because");

  const TestCase& second = file.cases[1];
  CHECK(second.line == 14);
  CHECK(second.expect == Expected::RequireApproval);
  CHECK(second.mode == Mode::Enforce);
  CHECK_FALSE(second.at.has_value());
  CHECK_FALSE(second.question.request.resource.has_value());
  CHECK_FALSE(second.policy.asked);
}

TEST_CASE("test file: null for policy, rule or reason asks for none") {
  const TestFile file = file_of(with(", policy: null, reason: ~"));
  CHECK(file.cases[0].policy.asked);
  CHECK_FALSE(file.cases[0].policy.text.has_value());
  CHECK(file.cases[0].reason.asked);
  CHECK_FALSE(file.cases[0].rule.asked);
  CHECK(refusal_of(with(", resource: null")) == "t.yaml:2:69: tests[0].resource: must not be null");
}

TEST_CASE("test file: what is not understood is refused at its place") {
  CHECK(refusal_of(with(", expct: deny")) == "t.yaml:2:59: tests[0]: unknown field `expct`; did you mean `expect`?");
  CHECK(refusal_of("tests: [{name: n, agent: a, action: x, expect: denied}]") ==
        "t.yaml:1:48: tests[0].expect: must be `allow`, `deny` or `require-approval`, not `denied`");
  CHECK(refusal_of("suite: x\ntests: []") == "t.yaml:1:1: unknown field `suite`");
  CHECK(refusal_of("{}") == "t.yaml:1:1: `tests` is missing");
  CHECK(refusal_of("tests: []") == "t.yaml:1:8: tests: the list is empty");
  CHECK(refusal_of("tests: {a: b}") == "t.yaml:1:8: tests: must be a list, not object");
  CHECK(refusal_of("tests: [5]") == "t.yaml:1:9: tests[0]: must be a map, not number");
  CHECK(refusal_of("tests:\n  - a: [\n").starts_with("t.yaml:"));
}

TEST_CASE("test file: a member that is missing is named") {
  CHECK(refusal_of("tests: [{agent: a, action: x, expect: deny}]").ends_with("`name` is missing"));
  CHECK(refusal_of("tests: [{name: n, action: x, expect: deny}]").ends_with("`agent` is missing"));
  CHECK(refusal_of("tests: [{name: n, agent: a, expect: deny}]").ends_with("`action` is missing"));
  CHECK(refusal_of("tests: [{name: n, agent: a, action: x}]").ends_with("`expect` is missing"));
}

TEST_CASE("test file: a member of the wrong type or size is refused") {
  for (const std::string_view members :
       {", context: [1]", ", token: text", ", at: noon", ", at: 5", ", mode: monitor", ", policy: 5", ", resource: 5",
        ", delegation: [a]", ", delegation: {chain: a}", ", delegation: {}", ", delegation: {chain: [], depth: 1}"}) {
    CAPTURE(members);
    CHECK(refusal_of(with(members)).starts_with("t.yaml:2:"));
  }
  const std::string long_action(kMaxActionBytes + 1, 'x');
  CHECK(refusal_of("tests: [{name: n, agent: a, action: " + long_action + ", expect: deny}]").find("action") > 0);
  CHECK(file_of("tests: [{name: n, agent: a, action: " + long_action.substr(1) + ", expect: deny}]").cases.size() == 1);
  CHECK(refusal_of(with(", resource: " + std::string(kMaxResourceBytes + 1, 'x'))).find("longer") != std::string::npos);
  CHECK(refusal_of("tests: [{name: '', agent: a, action: x, expect: deny}]").find("name") != std::string::npos);
}

TEST_CASE("test file: a request is delegated by its chain or by the `act` claim of its token") {
  const TestFile by_chain = file_of(with(", delegation: {chain: [root, middle]}"));
  REQUIRE(by_chain.cases[0].question.chain.size() == 2);
  CHECK(by_chain.cases[0].question.chain[0] == "root");
  CHECK(by_chain.cases[0].question.chain[1] == "middle");
  const TestFile by_token = file_of(with(", token: {sub: root, act: {sub: a, act: {sub: middle}}}"));
  REQUIRE(by_token.cases[0].question.chain.size() == 2);
  CHECK(by_token.cases[0].question.chain[0] == "root");
  CHECK(by_token.cases[0].question.chain[1] == "middle");
  CHECK(file_of(with(", delegation: {chain: []}")).cases[0].question.chain.empty());

  CHECK(refusal_of(with(", delegation: {chain: [5]}")) == "t.yaml:2:71: tests[0]: `delegation.chain[0]`: must be text");
  CHECK(refusal_of(with(", token: {sub: root, act: {sub: other}}")) ==
        "t.yaml:2:23: tests[0].agent: not the agent of the test's `token`");
  CHECK(refusal_of(with(", token: {sub: root, act: {sub: a}}, delegation: {chain: [x]}"))
            .ends_with("`delegation.chain`: not the chain of the token's `act`"));
}

TEST_CASE("test file: two tests of one name are refused") {
  CHECK(refusal_of("tests:\n"
                   "  - { name: n, agent: a, action: x, expect: deny }\n"
                   "  - { name: n, agent: a, action: y, expect: deny }\n") ==
        "t.yaml:3:13: tests[1].name: a second test of the name `n`");
}

TEST_CASE("test file: one that is too large is refused as such") {
  const std::string text(kMaxTestFileBytes + 1, ' ');
  static_cast<void>(refusal_of(text, base::ErrorCode::TooLarge));
}

}  // namespace guardian::decision
