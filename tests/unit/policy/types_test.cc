#include "guardian/policy/types.h"

#include <doctest/doctest.h>

#include "guardian/policy/operator.h"
#include "guardian/policy/program.h"

namespace guardian::policy {

TEST_CASE("types: names are as written in policies and answers") {
  CHECK(to_string(Effect::RequireApproval) == "require-approval");
  CHECK(to_string(Combining::FirstApplicable) == "first-applicable");
  CHECK(to_string(Enforcement::DryRun) == "dry-run");
  CHECK(to_string(Alert::Critical) == "critical");
  CHECK(to_string(Alert::None).empty());
  CHECK(to_string(Outcome::Kind::None) == "none");
  CHECK(parse_combining("first-applicable") == Combining::FirstApplicable);
  CHECK_FALSE(parse_combining("firstApplicable"));
}

TEST_CASE("operator: each name is found in both spellings and only those") {
  CHECK(find_operator("startsWith") == WrittenOperator{Operator::StartsWith, false});
  CHECK(find_operator("starts_with") == WrittenOperator{Operator::StartsWith, false});
  CHECK(find_operator("not_path_matches") == WrittenOperator{Operator::PathMatches, true});
  CHECK_FALSE(find_operator("not lt"));
  CHECK_FALSE(find_operator("notContains"));
  CHECK_FALSE(find_operator("Equals"));
  CHECK(operator_name(Operator::In, true) == "notIn");
  CHECK(operator_name(Operator::Cidr, true) == "not cidr");
}

}  // namespace guardian::policy
