#include "guardian/analysis/claim.h"

#include <doctest/doctest.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "guardian/base/time.h"
#include "guardian/policy/facts.h"
#include "guardian/policy/policy_parser.h"
#include "guardian/policy/yaml.h"

namespace guardian::analysis {

namespace {

using policy::Leaning;

// A condition that outlives the policy it came from no longer than the policy.
class Written {
 public:
  explicit Written(const std::string& conditions) {
    const std::string text = "name: p\nrules: [{effect: allow, actions: ['*'], conditions: " + conditions + "}]\n";
    const auto document = policy::parse_yaml(text);
    REQUIRE_MESSAGE(document.ok(), text);
    auto compiled = policy::compile_policy(document->root(), {"p.yaml", text}, {});
    if (!compiled.ok()) FAIL(compiled.error().message());
    policy_ = std::move(compiled).value();
  }
  [[nodiscard]] const policy::Condition& condition() const { return policy_->rules.front().condition; }

 private:
  std::unique_ptr<const policy::CompiledPolicy> policy_;
};

bool never(const std::string& conditions, Counted counted = {}, Leaning leaning = Leaning::Allowing) {
  const Written written(conditions);
  return impossible(alternatives_of(written.condition(), leaning, true), {}, counted);
}

bool implies(const Written& narrow, Leaning narrow_leaning, const Written& wide, Leaning wide_leaning) {
  return impossible(both(alternatives_of(narrow.condition(), narrow_leaning, true),
                         alternatives_of(wide.condition(), wide_leaning, false)),
                    {}, {});
}

bool holds_on(const Written& written, Leaning leaning, const json::Value& context) {
  static const policy::Agent agent;
  policy::Request request;
  request.context = context;
  const policy::TimeZone zone;
  const policy::Input input{agent, request, {}};
  policy::Facts facts(input, zone);
  return policy::holds(written.condition(), facts, nullptr, leaning);
}

// Contexts whose `a` is of every kind and near every constant used below.
std::vector<json::Document> contexts() {
  std::vector<json::Document> all;
  for (const char* const a : {"null",
                              "true",
                              "false",
                              "-1",
                              "0",
                              "1",
                              "1.5",
                              "2",
                              "3",
                              "4.5",
                              "5",
                              "6",
                              "''",
                              "x",
                              "xy",
                              "y",
                              "xyz",
                              "1.0.0.1",
                              "10.0.0.1",
                              "/x/y",
                              "x/../..",
                              "'2026-01-01T00:00:00Z'",
                              "'2027-01-01T00:00:00Z'",
                              "[]",
                              "[x]",
                              "[y]",
                              "[x, y]",
                              "[1]",
                              "[x, 1]",
                              "[3, 7]",
                              "{}",
                              "{b: 1}"}) {
    auto document = policy::parse_yaml("a: " + std::string(a));
    REQUIRE(document.ok());
    all.push_back(std::move(document).value());
  }
  auto absent = policy::parse_yaml("b: 1");
  all.push_back(std::move(absent).value());
  return all;
}

const std::vector<std::string>& conditions_on_a() {
  static const std::vector<std::string> all{
      "{context.a: 1}",
      "{context.a: x}",
      "{context.a: {notEquals: x}}",
      "{context.a: [x, y]}",
      "{context.a: {notIn: [x, 1]}}",
      "{context.a: [x, 1, null]}",
      "{context.a: {lt: 3}}",
      "{context.a: {lte: 3}}",
      "{context.a: {gte: 3}}",
      "{not: {context.a: {gt: 3}}}",
      "{context.a: {between: [1, 5]}}",
      "{context.a: {lt: '2026-06-01T00:00:00Z'}}",
      "{context.a: {gte: '2026-06-01T00:00:00Z'}}",
      "{context.a: {matches: 'x*'}}",
      "{context.a: {matches: ['x?', 'y']}}",
      "{context.a: {notMatches: '*y'}}",
      "{context.a: {startsWith: x}}",
      "{not: {context.a: {startsWith: x}}}",
      "{context.a: {endsWith: y}}",
      "{context.a: {contains: x}}",
      "{not: {context.a: {contains: y}}}",
      "{context.a: {containsAll: [x, y]}}",
      "{context.a: {regex: '^x'}}",
      "{context.a: {cidr: 10.0.0.0/8}}",
      "{context.a: {pathMatches: '/x/**'}}",
      "{context.a: {notPathMatches: '**/y'}}",
      "{context.a: {exists: true}}",
      "{context.a: {exists: false}}",
      "{context.a: {some: {equals: x}}}",
      "{context.a: {every: {lt: 5}}}",
      "{any: [{context.a: 1}, {context.a: {gt: 4}}]}",
      "{all: [{context.a: {gt: 0}}, {context.a: {notEquals: 2}}]}",
  };
  return all;
}

constexpr std::array kLeanings{Leaning::Allowing, Leaning::Restricting};

}  // namespace

TEST_CASE("claims: nothing that some value makes true is called impossible") {
  const auto values = contexts();
  std::vector<Written> written;
  for (const auto& text : conditions_on_a()) written.emplace_back(text);
  for (std::size_t i = 0; i < written.size(); ++i) {
    for (std::size_t j = 0; j < written.size(); ++j) {
      for (const Leaning first : kLeanings) {
        for (const Leaning second : kLeanings) {
          if (!implies(written[i], first, written[j], second)) continue;
          for (const auto& value : values) {
            INFO(conditions_on_a()[i] << " implies " << conditions_on_a()[j]);
            CHECK((!holds_on(written[i], first, value.root()) || holds_on(written[j], second, value.root())));
          }
        }
      }
    }
  }
}

TEST_CASE("claims: what constants decide is decided") {
  const auto implied = [](const std::string& narrow, const std::string& wide) {
    return implies(Written(narrow), Leaning::Allowing, Written(wide), Leaning::Allowing);
  };
  CHECK(implied("{context.a: x}", "{context.a: [x, y]}"));
  CHECK(implied("{context.a: {gt: 5}}", "{context.a: {gte: 5}}"));
  CHECK(implied("{context.a: {between: [2, 3]}}", "{context.a: {between: [1, 5]}}"));
  CHECK(implied("{context.a: {startsWith: xy}}", "{context.a: {matches: 'x*'}}"));
  CHECK(implied("{context.a: {regex: a, lt: 5}}", "{context.a: {regex: a}}"));
  CHECK(implied("{context.a: x, context.b: y}", "{context.b: y}"));
  CHECK(implied("{any: [{context.a: 1}, {context.a: 2}]}", "{context.a: {lt: 3}}"));
  CHECK_FALSE(implied("{context.a: {gte: 5}}", "{context.a: {gt: 5}}"));
  CHECK_FALSE(implied("{context.a: [x, y]}", "{context.a: x}"));
}

TEST_CASE("claims: what an allow rule needs decided, a deny rule with the same test takes too") {
  const Written test("{context.a: {regex: '^x'}}");
  CHECK(implies(test, Leaning::Allowing, test, Leaning::Restricting));
  CHECK_FALSE(implies(test, Leaning::Restricting, test, Leaning::Allowing));
}

TEST_CASE("claims: values that cannot be decided count when asked for") {
  const std::string interval = "{context.a: {gt: 5, lt: 3}}";
  CHECK(never(interval));
  CHECK_FALSE(never(interval, {}, Leaning::Restricting));
  CHECK(never(interval, {true, false}, Leaning::Restricting));
}

TEST_CASE("claims: too many alternatives are given up, not guessed") {
  std::string all = "{all: [";
  for (int i = 0; i < 12; ++i) {
    const std::string n = std::to_string(i);
    all += "{any: [{context.a" + n + ": 1}, {context.b" + n + ": 1}]}, ";
  }
  const Written written(all + "]}");
  CHECK_FALSE(alternatives_of(written.condition(), Leaning::Allowing, true).complete);
  CHECK_FALSE(impossible(alternatives_of(written.condition(), Leaning::Allowing, true), {}, {}));
}

}  // namespace guardian::analysis
