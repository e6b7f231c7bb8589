// No policy and no request makes a decision cost more than their sizes allow: each family doubles both sides, or the
// one that used to be walked again and again, and must not cost four times as much. The benchmark `adversarial` has the
// times.
#include <doctest/doctest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/policy/glob.h"
#include "guardian/policy/path_glob.h"
#include "guardian/policy/regex.h"
#include "policy_text.h"
#include "support/growth.h"

namespace guardian::policy {

namespace {

std::string repeat(std::string_view part, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text;
}

// `[<first>, <first + 1>, ...]`
std::string numbers(std::size_t count, std::size_t first) {
  std::string text = "[";
  for (std::size_t i = 0; i < count; ++i) text += (i == 0 ? "" : ", ") + std::to_string(first + i);
  return text + "]";
}

// One size and its double.
struct Case {
  Policy policy;
  json::Document context;
};

class Cases {
 public:
  void add(std::string_view conditions, std::string_view context) {
    auto read = json::parse(context);
    REQUIRE(read.ok());
    cases_.push_back({policy_of(rule_text("deny", conditions)), std::move(read).value()});
  }
  [[nodiscard]] bool grow_at_most(double factor, Outcome::Kind expected) const {
    const Question question({});
    return support::grows_at_most(factor, [&](std::size_t step) {
      Input input = question.input();
      Request request = input.request;
      request.context = cases_[step].context.root();
      CHECK(cases_[step].policy.evaluate({input.agent, request, input.now}).kind == expected);
    });
  }

 private:
  std::vector<Case> cases_;
};

}  // namespace

TEST_CASE("cost: comparing many operands with a long list costs their sum") {
  for (const std::string_view op : {"in", "contains", "containsAll", "notIn"}) {
    CAPTURE(op);
    Cases cases;
    for (const std::size_t size : {4'000U, 8'000U}) {
      const std::string operand = op == "containsAll" ? numbers(size, 0) : numbers(size, size);
      cases.add("{context.x: {" + std::string(op) + ": " + operand + "}}", "{\"x\": " + numbers(size, 0) + "}");
    }
    const bool holds = op == "notIn" || op == "containsAll";
    CHECK(cases.grow_at_most(2.9, holds ? Outcome::Kind::Deny : Outcome::Kind::None));
  }
}

TEST_CASE("cost: many attributes of a context with many members cost their sum") {
  Cases cases;
  for (const std::size_t size : {2'000U, 4'000U}) {
    std::string conditions = "{any: [";
    std::string context = "{";
    for (std::size_t i = 0; i < size; ++i) {
      conditions += (i == 0 ? "{context.x" : ", {context.x") + std::to_string(i) + ": 1}";
      context += (i == 0 ? "\"y" : ", \"y") + std::to_string(i) + "\": 1";
    }
    // All are absent, so that `any` asks them all.
    cases.add(conditions + "]}", context + "}");
  }
  CHECK(cases.grow_at_most(2.9, Outcome::Kind::None));
}

TEST_CASE("cost: a long literal after a star is searched for in linear time") {
  const std::array<std::string, 2> texts{std::string(50'000, 'a'), std::string(100'000, 'a')};
  const std::array<std::string, 2> patterns{"*" + std::string(400, 'a') + "b*", "*" + std::string(800, 'a') + "b*"};
  CHECK(support::grows_at_most(2.9, [&](std::size_t step) { CHECK_FALSE(glob_matches(patterns[step], texts[step])); }));
}

TEST_CASE("cost: question marks after a star are searched for in parallel") {
  const std::array<std::string, 2> texts{std::string(20'000, 'a'), std::string(40'000, 'a')};
  const std::array<std::string, 2> patterns{"*" + repeat("a?", 100) + "b*", "*" + repeat("a?", 200) + "b*"};
  CHECK(support::grows_at_most(3.6, [&](std::size_t step) { CHECK_FALSE(glob_matches(patterns[step], texts[step])); }));
}

TEST_CASE("cost: a path of twice the segments costs twice as much under twice the pattern") {
  const std::array<std::string, 2> values{"/" + repeat("a/", 10'000), "/" + repeat("a/", 20'000)};
  const auto small = PathGlob::compile("/**/b/" + repeat("a/", 200) + "**");
  const auto large = PathGlob::compile("/**/b/" + repeat("a/", 400) + "**");
  REQUIRE(small.ok());
  REQUIRE(large.ok());
  CHECK(support::grows_at_most(
      2.9, [&](std::size_t step) { CHECK_FALSE((step == 0 ? *small : *large).matches(values[step])); }));
}

TEST_CASE("cost: an explanation asks each test once, however deep it stands") {
  std::vector<Policy> policies;
  for (const std::size_t depth : {6U, 12U}) {
    std::string conditions = "{context.x: {in: " + numbers(500, 10'000) + "}}";
    for (std::size_t i = 0; i < depth; ++i) conditions = "{all: [" + conditions + "]}";
    policies.push_back(policy_of(rule_text("deny", conditions)));
  }
  const std::string context = "{\"x\": " + numbers(4'000, 0) + "}";
  const Question question({.context = context});
  CHECK(support::grows_at_most(1.5, [&](std::size_t step) {
    std::string text;
    json::Writer out(text);
    policies[step].explain(question.input(), 1 << 20, out);
    CHECK(out.size() > 0);
  }));
}

TEST_CASE(
    "cost: text that aliases multiply compiles to a bounded number of tests, with the place of the first too many") {
  const std::string text = "context.a" + repeat(" OR context.a", 300);
  const auto policy_with = [&](std::size_t aliases) {
    std::string policy =
        "name: p\nappliesTo: {agentIds: ['*']}\nrules:\n- {effect: deny, actions: ['*'], conditions: {any: [&t '" +
        text + "'";
    for (std::size_t i = 1; i < aliases; ++i) policy += ", *t";
    return policy + "]}}\n";
  };
  // 301 tests in each, 200,000 in all.
  CHECK(compile_yaml(policy_with(664)).ok());
  const auto error = refusal_of(policy_with(665));
  CHECK(mentions(error, "p.yaml:4:"));
  CHECK(mentions(error, "200000"));
}

TEST_CASE("cost: nested quantifiers keep their operands once") {
  std::string conditions = "{equals: " + std::string("{a: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}}");
  for (int i = 0; i < 20; ++i) conditions = "{some: " + conditions + "}";
  std::string rules;
  for (int i = 0; i < 3'000; ++i) {
    rules += "- {effect: deny, actions: ['*'], conditions: {context.x: *c}}\n";
  }
  CHECK(compile_yaml("name: p\nrules:\n- {effect: deny, actions: ['*'], conditions: {context.x: &c " + conditions +
                     "}}\n" + rules)
            .ok());
}

TEST_CASE("cost: long texts and paths count for their length, repeated ones each time") {
  // 229 KB that would become a gigabyte of tests with a path of 200 KB each.
  std::string tests = "{context[\"" + std::string(200'000, 'k') + "\"]: {some: {";
  for (int i = 0; i < 300; ++i) tests += "every: {some: {";
  CHECK(
      mentions(refused_conditions("{'context[\"" + std::string(200'000, 'k') +
                                  "\"]': {equals: 1, notEquals: 2, in: "
                                  "[1], notIn: [2], gt: 0, lt: 9, gte: 1, lte: 8, some: {equals: 1, notEquals: 2, gt: "
                                  "3}, every: {equals: 1, gt: 0, lt: 3, in: [1]}, exists: true}}"),
               ""));
  std::string paths = "&p " + std::string("'");
  for (int i = 0; i < 341; ++i) paths += std::string(1, static_cast<char>('a' + i % 26)) + "x/";
  std::string list = paths + "'";
  for (int i = 0; i < 600; ++i) list += ", *p";
  CHECK(mentions(refused_conditions("{resource: {pathMatches: [" + list + "]}}"), "200000"));
}

TEST_CASE("cost: a regular expression that unfolds to too much is refused, ordinary ones are not") {
  const auto with = [](std::string_view pattern) { return "{context.x: {regex: '" + std::string(pattern) + "'}}"; };
  const auto error = refused_conditions(with("[\\pL\\pN]{100}"));
  CHECK(mentions(error, "{100}"));
  CHECK(mentions(error, "100000"));
  for (const std::string_view ordinary : {"^\\p{L}+$", "(?i)ignore (all )?previous instructions", "\\pL+ \\pL+",
                                          "[\\pL\\pN_-]+", "^[a-zA-Z0-9._%+-]{1,64}@[a-zA-Z0-9.-]{1,255}\\.[a-z]{2,}$",
                                          "[a-f0-9]{64}", "^.{1,100}$", "^\\pL{2,50}$", "^[\\pL\\pN]{1,64}$"}) {
    CAPTURE(ordinary);
    CHECK(compile_yaml(rule_text("deny", with(ordinary))).ok());
  }
}

TEST_CASE("cost: the regular expressions of a bundle share one budget") {
  const auto document = parse_yaml(rule_text("deny", "{context.x: {regex: ['a', 'b']}}"));
  RegexBudget enough{.instructions = 2 * (Regex::kOverhead + 20)};
  CHECK(Policy::compile(document->root(), {"p", ""}, {.tiers = test_tiers(), .regex_budget = &enough}).ok());
  const auto refused = Policy::compile(document->root(), {"p", ""}, {.tiers = test_tiers(), .regex_budget = &enough});
  REQUIRE(!refused.ok());
  CHECK(mentions(refused.error(), "regular expressions together"));
}

TEST_CASE("cost: a regular expression means the same in a short text and in a long one") {
  const std::string filler(5'000, 'x');
  struct Expected {
    std::string pattern;
    bool found;
  };
  const std::vector<Expected> all{{"ab+c", true}, {"^ab", false}, {"c$", false},   {"(?i)ABBC", true}, {"\\bx", true},
                                  {"^x", true},   {"x$", true},   {"b{3}", false}, {"", true}};
  for (const auto& expected : all) {
    const std::string& pattern = expected.pattern;
    const bool found = expected.found;
    CAPTURE(pattern);
    RegexBudget budget;
    const auto regex = Regex::compile(pattern, budget);
    REQUIRE(regex.ok());
    CHECK(regex->matches("xabbcx") == found);
    CHECK(regex->matches(filler + "abbc" + filler) == found);
  }
}

}  // namespace guardian::policy
