#include "support/naive/operators.h"

#include <algorithm>
#include <array>
#include <compare>
#include <cstdlib>
#include <functional>
#include <optional>

#include "guardian/base/time.h"
#include "support/naive/patterns.h"
#include "support/naive/values.h"

namespace guardian::testing {
namespace {

using json::Value;

enum class Verdict { Holds, Fails, Absent, Undecided };

constexpr std::array<std::string_view, 22> kOperators = {"equals",
                                                         "notEquals",
                                                         "in",
                                                         "notIn",
                                                         "lt",
                                                         "lte",
                                                         "gt",
                                                         "gte",
                                                         "between",
                                                         "matches",
                                                         "notMatches",
                                                         "pathMatches",
                                                         "notPathMatches",
                                                         "regex",
                                                         "startsWith",
                                                         "endsWith",
                                                         "contains",
                                                         "containsAll",
                                                         "cidr",
                                                         "some",
                                                         "every",
                                                         "exists"};

Verdict decided(bool holds) { return holds ? Verdict::Holds : Verdict::Fails; }

Verdict decided(std::optional<bool> holds) { return holds ? decided(*holds) : Verdict::Undecided; }

std::span<const Value> members_of(const Value& one_or_list) {
  return one_or_list.is_list() ? one_or_list.as_list() : std::span<const Value>(&one_or_list, 1);
}

// One that holds decides; else one that cannot be decided.
Verdict any_of(std::span<const Value> members, const std::function<Verdict(const Value&)>& test) {
  Verdict result = Verdict::Fails;
  for (const Value& member : members) {
    const Verdict verdict = test(member);
    if (verdict == Verdict::Holds) return verdict;
    if (verdict == Verdict::Undecided) result = verdict;
  }
  return result;
}

using TextTest = std::function<Verdict(std::string_view operand, std::string_view text)>;

Verdict text_test(const Value& actual, const Value& operand, const TextTest& test) {
  if (!actual.is_text()) return Verdict::Undecided;
  return any_of(members_of(operand), [&](const Value& one) { return test(one.as_text(), actual.as_text()); });
}

Verdict matches(const Value& actual, const Value& operand) {
  if (!actual.is_text() && !actual.is_list()) return Verdict::Undecided;
  return any_of(members_of(actual), [&](const Value& member) {
    return text_test(member, operand, [](auto pattern, auto text) { return decided(glob_matches(pattern, text)); });
  });
}

Verdict contains_one(const Value& actual, const Value& operand) {
  if (actual.is_text() && operand.is_text()) {
    return decided(actual.as_text().find(operand.as_text()) != std::string_view::npos);
  }
  if (!actual.is_list()) return Verdict::Undecided;
  return decided(std::ranges::any_of(actual.as_list(), [&](const Value& v) { return same_value(v, operand); }));
}

Verdict contains_all(const Value& actual, const Value& operand) {
  Verdict result = Verdict::Holds;
  for (const Value& one : operand.as_list()) {
    const Verdict verdict = contains_one(actual, one);
    if (verdict == Verdict::Fails) return verdict;
    if (verdict == Verdict::Undecided) result = verdict;
  }
  return result;
}

// Negative, zero or positive; nullopt where the two cannot be compared.
std::optional<int> compare(const Value& a, const Value& b) {
  if (a.is_number() && b.is_number()) {
    return a.as_number() < b.as_number() ? -1 : a.as_number() > b.as_number() ? 1 : 0;
  }
  if (!a.is_text() || !b.is_text()) return std::nullopt;
  const auto left = base::parse_rfc3339(a.as_text());
  const auto right = base::parse_rfc3339(b.as_text());
  if (!left || !right) return std::nullopt;
  return *left < *right ? -1 : *left > *right ? 1 : 0;
}

Verdict ordered(std::string_view name, const Value& actual, const Value& operand) {
  if (name == "between") {
    const std::optional<int> low = compare(actual, operand.as_list()[0]);
    const std::optional<int> high = compare(actual, operand.as_list()[1]);
    return low && high ? decided(*low >= 0 && *high <= 0) : Verdict::Undecided;
  }
  const std::optional<int> order = compare(actual, operand);
  if (!order) return Verdict::Undecided;
  if (name == "lt") return decided(*order < 0);
  if (name == "lte") return decided(*order <= 0);
  if (name == "gt") return decided(*order > 0);
  return decided(*order >= 0);
}

bool is_member(const Value& actual, const Value& operand) {
  return std::ranges::any_of(operand.as_list(), [&](const Value& one) {
    if (same_value(actual, one)) return true;
    return actual.is_list() &&
           std::ranges::any_of(actual.as_list(), [&](const Value& member) { return same_value(member, one); });
  });
}

Verdict verdict_of(std::string_view name, const Value& actual, const Value& operand) {
  if (name == "exists") return decided(operand.as_boolean() != actual.is_null());
  const bool takes_null =
      (name == "equals" && operand.is_null()) ||
      (name == "in" && std::ranges::any_of(operand.as_list(), [](const Value& v) { return v.is_null(); }));
  if (actual.is_null() && !takes_null) return Verdict::Absent;
  if (name == "equals") return decided(same_value(actual, operand));
  if (name == "in") return decided(is_member(actual, operand));
  if (name == "lt" || name == "lte" || name == "gt" || name == "gte" || name == "between") {
    return ordered(name, actual, operand);
  }
  if (name == "matches") return matches(actual, operand);
  if (name == "contains") {
    return any_of(members_of(operand), [&](const Value& one) { return contains_one(actual, one); });
  }
  if (name == "containsAll") return contains_all(actual, operand);
  return text_test(actual, operand, [&](std::string_view one, std::string_view text) {
    if (name == "pathMatches") return decided(path_glob_matches(one, text));
    if (name == "regex") return decided(regex_matches(one, text));
    if (name == "startsWith") return decided(text.starts_with(one));
    if (name == "endsWith") return decided(text.ends_with(one));
    if (name == "cidr") return decided(is_in_block(one, text));
    std::abort();
  });
}

void count(const Scene& scene, std::string_view name, Verdict verdict) {
  if (scene.options.statistics == nullptr) return;
  NaiveStatistics::Counts& counts = scene.options.statistics->tests[std::string(name)];
  switch (verdict) {
    case Verdict::Holds:
      ++counts.holds;
      return;
    case Verdict::Fails:
      ++counts.fails;
      return;
    case Verdict::Absent:
      ++counts.absent;
      return;
    case Verdict::Undecided:
      ++counts.undecided;
      return;
  }
}

// The table of section 4.
bool settle(const Scene& scene, Verdict verdict, bool negated) {
  switch (verdict) {
    case Verdict::Holds:
      return !negated;
    case Verdict::Fails:
      return negated;
    case Verdict::Absent:
      return !scene.allow_rule && negated && scene.options.undecided_counts;
    case Verdict::Undecided:
      return !scene.allow_rule && scene.options.undecided_counts;
  }
  std::abort();
}

bool members_hold(const Scene& scene, std::string_view name, const Value& actual, const Value& operand, bool negated) {
  if (!actual.is_list()) {
    const Verdict verdict = actual.is_null() ? Verdict::Absent : Verdict::Undecided;
    count(scene, name, verdict);
    return settle(scene, verdict, negated);
  }
  const auto member_holds = [&](const Value& member) { return tests_hold(scene, member, operand, negated); };
  // `not some` is `every not` and the reverse.
  const bool one_suffices = (name == "some") != negated;
  const bool result = one_suffices ? std::ranges::any_of(actual.as_list(), member_holds)
                                   : std::ranges::all_of(actual.as_list(), member_holds);
  count(scene, name, result ? Verdict::Holds : Verdict::Fails);
  return result;
}

}  // namespace

std::string_view operator_name(std::string_view written) {
  const auto found = std::ranges::find_if(kOperators, [&](auto name) { return is_name(written, name); });
  return found == kOperators.end() ? std::string_view() : *found;
}

bool test_holds(const Scene& scene, std::string_view name, const Value& actual, const Value& operand, bool negated) {
  if (name == "notEquals") return test_holds(scene, "equals", actual, operand, !negated);
  if (name == "notIn") return test_holds(scene, "in", actual, operand, !negated);
  if (name == "notMatches") return test_holds(scene, "matches", actual, operand, !negated);
  if (name == "notPathMatches") return test_holds(scene, "pathMatches", actual, operand, !negated);
  if (name == "some" || name == "every") return members_hold(scene, name, actual, operand, negated);
  const Verdict verdict = verdict_of(name, actual, operand);
  count(scene, name, verdict);
  return settle(scene, verdict, negated);
}

bool tests_hold(const Scene& scene, const Value& actual, const Value& operators, bool negated) {
  bool all = true;
  bool any = false;
  for (const json::Member& test : operators.as_object()) {
    const bool holds = test_holds(scene, operator_name(test.key), actual, test.value, negated);
    all = all && holds;
    any = any || holds;
  }
  return negated ? any : all;
}

}  // namespace guardian::testing
