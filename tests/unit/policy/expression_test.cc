#include "guardian/policy/expression.h"

#include <doctest/doctest.h>

#include <string>

#include "policy_text.h"

namespace guardian::policy {

namespace {

// A text condition inside flow YAML.
std::string quoted_yaml(std::string_view expression) {
  std::string result = "'";
  for (const char c : expression) result += c == '\'' ? std::string("''") : std::string(1, c);
  return result + "'";
}

bool says(std::string_view expression, std::string_view context = "{}") {
  const BothEffects result = both(quoted_yaml(expression), context);
  REQUIRE(result.allow == result.deny);
  return result.allow;
}

std::string refusal(std::string_view expression) {
  ConditionStore operands;
  const auto compiled = compile_expression(expression, false, operands);
  if (compiled.ok()) FAIL("not refused: " << expression);
  CHECK(compiled.error().code() == base::ErrorCode::PolicyInvalid);
  return compiled.error().message();
}

bool compiles(std::string_view expression) {
  ConditionStore operands;
  return compile_expression(expression, false, operands).ok();
}

std::string repeat(std::string_view part, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += part;
  return result;
}

}  // namespace

TEST_CASE("expression: NOT binds tighter than AND, AND tighter than OR") {
  CHECK(says("context.a == 1 OR context.b == 1 AND context.c == 1", R"({"a": 1, "b": 2, "c": 2})"));
  CHECK_FALSE(says("(context.a == 1 OR context.b == 1) AND context.c == 1", R"({"a": 1, "b": 2, "c": 2})"));
  CHECK(says("NOT context.a == 2 AND context.b == 2", R"({"a": 1, "b": 2})"));
  CHECK_FALSE(says("NOT (context.a == 1 AND context.b == 2)", R"({"a": 1, "b": 2})"));
  CHECK(says("NOT NOT context.a == 1", R"({"a": 1})"));
}

TEST_CASE("expression: words in any case and the symbols for them") {
  CHECK(says("context.a == 1 && !(context.b == 1) || context.c == 1", R"({"a": 1, "b": 2, "c": 0})"));
  CHECK(says("context.a In ['x'] aNd nOt context.b eXists", R"({"a": "x"})"));
  CHECK(says("context.a == TRUE and context.b == Null", R"({"a": true})"));
}

TEST_CASE("expression: every comparison") {
  CHECK(
      says("context.n != 2 AND context.n < 2 AND context.n <= 1 AND context.n > 0 AND context.n >= 1", R"({"n": 1})"));
  CHECK(says("context.n IN [1, 2] AND context.n NOT IN [3] AND context.n BETWEEN [0, 1]", R"({"n": 1})"));
  CHECK(says("context.t MATCHES 'a*' AND context.t NOT MATCHES ['b*', 'c*']", R"({"t": "abc"})"));
  CHECK(says("context.t PATH_MATCHES 'a/**' AND context.t NOT PATH_MATCHES 'b/**'", R"({"t": "a/b"})"));
  CHECK(
      says("context.t REGEX '^a' AND context.t CONTAINS 'b' AND context.t CONTAINS_ALL ['a', 'c']", R"({"t": "abc"})"));
  CHECK(says("context.t STARTS_WITH 'a' AND context.t ENDS_WITH ['x', 'c'] AND context.t EXISTS", R"({"t": "abc"})"));
  CHECK(says("context.ip CIDR '10.0.0.0/8'", R"({"ip": "10.1.1.1"})"));
}

TEST_CASE("expression: `!` before IN and MATCHES is the word NOT") {
  CHECK(says("context.a ! IN ['x']", R"({"a": "y"})"));
  CHECK_FALSE(says("context.a !IN ['x']", R"({"a": "x"})"));
  CHECK(says("! context.a ! MATCHES 'x*'", R"({"a": "xy"})"));
  CHECK(says("context.a !path_matches '/x/*'", R"({"a": "/y/z"})"));
}

TEST_CASE("expression: literals") {
  CHECK(says(R"(context.t == "a\"b\\c\n\t\'" )", R"({"t": "a\"b\\c\n\t'"})"));
  CHECK(says(R"(context.t == 'it\'s "so"')", R"({"t": "it's \"so\""})"));
  CHECK(says("context.n == -1.5e2", R"({"n": -150})"));
  CHECK(says("context.l == [1, 'a', true, null]", R"({"l": [1, "a", true, null]})"));
  CHECK(says("context.t=='x'AND context.n==1", R"({"t": "x", "n": 1})"));
}

TEST_CASE("expression: a bare path asks for true") {
  CHECK(says("context.a", R"({"a": true})"));
  CHECK_FALSE(says("context.a", R"({"a": 1})"));
  CHECK_FALSE(says("NOT context.a", R"({"a": true})"));
}

TEST_CASE("expression: paths as in maps, without the suffix forms") {
  CHECK(says(R"(context["a.b"].c == 1 AND request.l.0 == 2)", R"({"a.b": {"c": 1}, "l": [2]})"));
  CHECK(says("tags CONTAINS 'support' AND amount < 5 AND agent.trust_tier == 'verified'", R"({"amount": 4})"));
  CHECK(says("amount_max == 5", R"({"amount_max": 5})"));
  CHECK(says("time.hour >= 9 AND time.hour < 18 AND agent.trustTier IN ['trusted', 'verified']"));
}

TEST_CASE("expression: an error names the column, counted in characters") {
  CHECK(refusal("context.a = 1").starts_with("column 11: "));
  CHECK(refusal("context.a == '\xC3\xA9' x").starts_with("column 18: "));
  CHECK(refusal("agent.colour == 1").starts_with("column 1: "));
  CHECK(refusal("context.a < 'soon'").starts_with("column 13: "));
  CHECK(refusal("context.a == 1 AND").starts_with("column 19: "));
  CHECK(refusal("tenant.plan == 1").find("`context.tenant.plan`") != std::string::npos);
}

TEST_CASE("expression: what is no expression is refused") {
  for (const std::string expression : {"",
                                       " ",
                                       "AND",
                                       "context.a ==",
                                       "context.a == 1 context.b == 2",
                                       "context.a == 1)",
                                       "(context.a == 1",
                                       "context.a == context.b",
                                       "1 == context.a",
                                       "context.a IN []",
                                       "context.a IN ['x',]",
                                       "context.a IN [['x']]",
                                       "context.a IN 'x'",
                                       "context.a NOT == 1",
                                       "context.a NOT CONTAINS 'x'",
                                       "context.a NOT EXISTS",
                                       "context.a NOT",
                                       "context.a < 1 < 2",
                                       "context.a == 01",
                                       "context.a == 1.",
                                       "context.a == .5",
                                       "context.a == +1",
                                       "context.a == 1x",
                                       "context.a == 'x",
                                       "context.a == '\\x'",
                                       "context.a == {}",
                                       "in == 1",
                                       "true",
                                       "exists.a == 1",
                                       "context. a == 1",
                                       "context.a; context.b",
                                       "context.a MATCHES 5",
                                       "context.a BETWEEN [1]",
                                       "context.a == 1e400",
                                       "context.a == 9007199254740993",
                                       "context.a == -9007199254740993",
                                       "context.a == 99999999999999999999",
                                       "context.a REGEX '('",
                                       "context.a == \xC3\xA9",
                                       "context.a | context.b",
                                       "context.a & context.b"}) {
    CAPTURE(expression);
    refusal(expression);
  }
}

TEST_CASE("expression: 4096 bytes are the limit") {
  const std::string start = "context.a == '";
  CHECK(compiles(start + std::string(4096 - start.size() - 1, 'x') + "'"));
  CHECK_FALSE(compiles(start + std::string(4096 - start.size(), 'x') + "'"));
}

TEST_CASE("expression: 64 levels of parentheses and NOT are the limit") {
  CHECK(compiles(repeat("(", 64) + "context.a" + repeat(")", 64)));
  CHECK_FALSE(compiles(repeat("(", 65) + "context.a" + repeat(")", 65)));
  CHECK(compiles(repeat("NOT (", 32) + "context.a" + repeat(")", 32)));
  CHECK_FALSE(compiles(repeat("NOT (", 32) + "!context.a" + repeat(")", 32)));
  CHECK_FALSE(compiles(repeat("!", 65) + "context.a"));
  // Levels that were left again do not count.
  CHECK(compiles(repeat("(!context.a) AND ", 200) + "context.a"));
}

}  // namespace guardian::policy
