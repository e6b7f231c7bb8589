#include "guardian/analysis/source_errors.h"

#include <doctest/doctest.h>

#include <string>

#include "guardian/policy/policy_parser.h"
#include "guardian/policy/yaml.h"

namespace guardian::analysis {

namespace {

std::vector<Finding> errors_of(const std::string& text) {
  const auto document = policy::parse_yaml(text);
  REQUIRE(document.ok());
  auto compiled = policy::compile_policy(document->root(), {"p.yaml", text}, {});
  REQUIRE_FALSE(compiled.ok());
  Notes notes({"p.yaml", text});
  note_policy_errors(*document, {}, std::move(compiled).error(), notes);
  return std::move(notes).take();
}

}  // namespace

TEST_CASE("source errors: a place is taken from the front of an error") {
  const auto in_file = take_place({base::ErrorCode::PolicyInvalid, "a.yaml:3:7: policy `p`: no"}, "a.yaml");
  CHECK(in_file.place.line == 3);
  CHECK(in_file.place.column == 7);
  CHECK(in_file.message == "policy `p`: no");
  const auto spelled = take_place({base::ErrorCode::Malformed, "line 12 column 1: no"}, "a.yaml");
  CHECK(spelled.place.line == 12);
  CHECK(spelled.message == "no");
  const auto without = take_place({base::ErrorCode::TooLarge, "a.yaml: too large"}, "a.yaml");
  CHECK(without.place.line == 1);
  CHECK(without.message == "too large");
  CHECK(take_place({base::ErrorCode::TooLarge, "3:4: no"}, "a.yaml").message == "3:4: no");
}

TEST_CASE("source errors: each rule and each field tells its own") {
  const auto errors = errors_of(R"(name: p
timezone: Nowhere
enforcement: maybe
rules:
  - {id: a, effect: permit, actions: [x]}
  - {id: b, effect: allow, actions: [x]}
  - {id: c, effect: deny}
)");
  REQUIRE(errors.size() == 4);
  CHECK(errors[0].place.line == 2);
  CHECK(errors[1].place.line == 3);
  CHECK(errors[2].rule == "a");
  CHECK(errors[2].policy == "p");
  CHECK(errors[2].line == "  - {id: a, effect: permit, actions: [x]}");
  CHECK(errors[3].rule == "c");
  CHECK(errors[3].place.line == 7);
}

TEST_CASE("source errors: a rule without an id keeps its number after a bad one") {
  const auto errors = errors_of("name: p\nrules:\n  - {effect: no, actions: [x]}\n  - {effect: no, actions: [x]}\n");
  REQUIRE(errors.size() == 2);
  CHECK(errors[0].rule == "rule-1");
  CHECK(errors[1].rule == "rule-2");
}

TEST_CASE("source errors: the spec of a wrapper is told apart too") {
  const auto errors = errors_of(R"(apiVersion: v1
kind: Policy
metadata: {name: p}
spec:
  enabled: often
  rules:
    - {effect: no, actions: [x]}
)");
  REQUIRE(errors.size() == 2);
  CHECK(errors[0].place.line == 5);
  CHECK(errors[1].place.line == 7);
}

TEST_CASE("source errors: a document that is no policy at all ends with its first error") {
  CHECK(errors_of("- a\n- b\n").size() == 1);
  CHECK(errors_of("rules: 5\n").size() == 1);
}

TEST_CASE("source errors: a file of nothing but errors is cut short") {
  std::string text = "name: p\nrules:\n";
  for (int i = 0; i < 200; ++i) text += "  - {effect: no, actions: [x]}\n";
  CHECK(errors_of(text).size() == kMaxErrorsOfFile);
}

}  // namespace guardian::analysis
