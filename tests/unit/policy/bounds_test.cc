#include <doctest/doctest.h>

#include <string>

#include "policy_text.h"

namespace guardian::policy {

namespace {

std::string policy_with(std::string_view member) {
  return "name: p\n" + std::string(member) + "\nrules: [{id: r, effect: allow, actions: ['*']}]\n";
}

std::string rule_with(std::string_view members) {
  return "name: p\nrules: [{id: r, actions: ['*'], " + std::string(members) + "}]\n";
}

void check_refused(const std::string& text, std::string_view words) {
  CAPTURE(text);
  const auto error = refusal_of(text);
  CHECK(error.code() == base::ErrorCode::PolicyInvalid);
  CAPTURE(error.message());
  CHECK(mentions(error, words));
}

}  // namespace

TEST_CASE("rate limits: every interval, its alias and the text form say the same") {
  const RateLimits all{.per_second = 1, .per_minute = 20, .per_hour = 300, .per_day = 1'000'000};
  for (const auto* limits :
       {"{requestsPerSecond: 1, requestsPerMinute: 20, requestsPerHour: 300, requestsPerDay: 1000000}",
        "{requests_per_second: 1, requests_per_minute: 20, requests_per_hour: 300, requests_per_day: 1000000}",
        "{maxPerSecond: 1, max_per_minute: 20, maxPerHour: 3.0e2, max_per_day: 1000000}"}) {
    CAPTURE(limits);
    CHECK(policy_of(policy_with("rateLimits: " + std::string(limits))).rate_limits() == all);
    const Policy policy = policy_of(rule_with("effect: allow, rateLimit: " + std::string(limits)));
    CHECK(policy.rule_rate_limits(0) == all);
    CHECK_FALSE(policy.rate_limits().any());
  }
  CHECK(policy_of(policy_with("rate_limits: 5/second")).rate_limits() == RateLimits{.per_second = 5});
  CHECK(policy_of(policy_with("rateLimits: 5/minute")).rate_limits() == RateLimits{.per_minute = 5});
  CHECK(policy_of(policy_with("rateLimits: 5/hour")).rate_limits() == RateLimits{.per_hour = 5});
  CHECK(policy_of(policy_with("rateLimits: 5/day")).rate_limits() == RateLimits{.per_day = 5});
}

TEST_CASE("rate limits: what is no limit is refused") {
  for (const auto* limits : {"0/minute", "1000001/minute", "5/week", "5 / minute", "5", "/minute", "-5/minute",
                             "5/minutes", "5/Minute", "1.5/minute", "''"}) {
    check_refused(policy_with("rateLimits: '" + std::string(limits) + "'"), "is no rate");
  }
  check_refused(policy_with("rateLimits: 5"), "must be a map of limits");
  check_refused(policy_with("rateLimits: [5/minute]"), "must be a map of limits");
  check_refused(policy_with("rateLimits: {}"), "the map is empty");
  check_refused(policy_with("rateLimits: null"), "must not be null");
  check_refused(policy_with("rateLimits: {requestsPerWeek: 5}"), "unknown field");
  check_refused(policy_with("rateLimits: {requestsPerDay: 5, maxPerDay: 5}"), "two names of one field");
  check_refused(policy_with("rateLimits: 1/day\nrate_limits: 1/day"), "two names of one field");
  for (const auto* number : {"0", "1000001", "1.5", "-1", "'5'", "true", "null", "[5]"}) {
    check_refused(policy_with("rateLimits: {requestsPerDay: " + std::string(number) + "}"), "");
  }
}

TEST_CASE("rate limits: a rule has one, in one place, and only when it allows") {
  check_refused(rule_with("effect: deny, rateLimit: 5/minute"), "only an allow rule");
  check_refused(rule_with("effect: require-approval, rateLimit: 5/minute"), "only an allow rule");
  check_refused(rule_with("effect: deny, conditions: {rateLimit: 5/minute}"), "only an allow rule");
  check_refused(rule_with("effect: allow, rateLimit: 5/minute, conditions: {rate_limit: 5/minute}"), "already");
  check_refused(rule_with("effect: allow, conditions: {rateLimit: 5/minute, rate_limit: 5/minute}"), "already");
  check_refused(rule_with("effect: allow, conditions: {rateLimit: 0/minute}"), "conditions.rateLimit: ");
}

TEST_CASE("delegation: depth and ceiling, at least one of them") {
  const Policy both = policy_of(policy_with("delegation: {maxDepth: 2, permissionCeiling: ['read:*', list]}"));
  REQUIRE(both.delegation() != nullptr);
  CHECK(both.delegation()->max_depth == 2U);
  CHECK(both.delegation()->permission_ceiling.size() == 2);
  const Policy depth = policy_of(policy_with("delegation: {max_depth: 0}"));
  REQUIRE(depth.delegation() != nullptr);
  CHECK(depth.delegation()->max_depth == 0U);
  CHECK(depth.delegation()->permission_ceiling.empty());
  CHECK_FALSE(policy_of(policy_with("delegation: {permission_ceiling: [a]}")).delegation()->max_depth.has_value());
  CHECK(policy_of(policy_with("description: x")).delegation() == nullptr);
}

TEST_CASE("delegation: what is no section is refused") {
  check_refused(policy_with("delegation: {}"), "the map is empty");
  check_refused(policy_with("delegation: 2"), "must be a map");
  check_refused(policy_with("delegation: {depth: 2}"), "unknown field");
  check_refused(policy_with("delegation: {maxDepth: -1}"), "must be a whole number");
  check_refused(policy_with("delegation: {maxDepth: 1.5}"), "must be a whole number");
  check_refused(policy_with("delegation: {maxDepth: '2'}"), "must be a whole number");
  check_refused(policy_with("delegation: {permissionCeiling: 'read:*'}"), "must be a list");
  check_refused(policy_with("delegation: {permissionCeiling: []}"), "the list is empty");
  check_refused(policy_with("delegation: {permissionCeiling: ['a\\']}"), "backslash");
}

}  // namespace guardian::policy
