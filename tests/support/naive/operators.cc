#include "support/naive/operators.h"

#include <algorithm>
#include <array>
#include <compare>
#include <cstdlib>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

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

std::string explained_name(std::string_view name, bool negated) {
  static constexpr std::pair<std::string_view, std::string_view> kOwn[] = {
      {"equals", "notEquals"}, {"in", "notIn"}, {"matches", "notMatches"}, {"pathMatches", "notPathMatches"}};
  if (!negated) return std::string(name);
  for (const auto& [positive, negative] : kOwn) {
    if (name == positive) return std::string(negative);
  }
  return "not " + std::string(name);
}

bool settle_and_note(const Scene& scene, std::string_view name, const Subject& subject, const Value& operand,
                     bool negated, Verdict verdict) {
  count(scene, name, verdict);
  const bool holds = settle(scene, verdict, negated);
  if (scene.trace == nullptr) return holds;
  const std::string explained = explained_name(name, negated);
  if (!holds) scene.trace->failed.push_back({canonical_path(subject.path), explained, operand, subject.actual});
  if (verdict == Verdict::Absent || verdict == Verdict::Undecided) {
    const std::string_view why = verdict == Verdict::Absent ? "absent" : "type";
    scene.trace->undecided.push_back({canonical_path(subject.path), explained, why});
  }
  return holds;
}

// A nested test is one test, whatever the number of members that leave it undecided.
void tidy_nested(Trace& trace, std::size_t failed_before, std::size_t undecided_before) {
  trace.failed.resize(failed_before);
  std::vector<UndecidedTest> once(trace.undecided.begin(),
                                  trace.undecided.begin() + static_cast<std::ptrdiff_t>(undecided_before));
  for (std::size_t i = undecided_before; i < trace.undecided.size(); ++i) {
    const UndecidedTest& test = trace.undecided[i];
    const bool listed =
        std::any_of(once.begin() + static_cast<std::ptrdiff_t>(undecided_before), once.end(),
                    [&](const UndecidedTest& other) { return other.operator_name == test.operator_name; });
    if (!listed) once.push_back(test);
  }
  trace.undecided = std::move(once);
}

bool members_hold(const Scene& scene, std::string_view name, const Subject& subject, const Value& operand,
                  bool negated) {
  if (!subject.actual.is_list()) {
    const Verdict verdict = subject.actual.is_null() ? Verdict::Absent : Verdict::Undecided;
    return settle_and_note(scene, name, subject, operand, negated, verdict);
  }
  const std::size_t failed = scene.trace == nullptr ? 0 : scene.trace->failed.size();
  const std::size_t undecided = scene.trace == nullptr ? 0 : scene.trace->undecided.size();
  // `not some` is `every not` and the reverse.
  const bool one_suffices = (name == "some") != negated;
  bool holds = !one_suffices;
  for (const Value& member : subject.actual.as_list()) {
    const bool holds_here = tests_hold(scene, {subject.path, member}, operand, negated);
    holds = one_suffices ? holds || holds_here : holds && holds_here;
  }
  count(scene, name, holds ? Verdict::Holds : Verdict::Fails);
  if (scene.trace != nullptr) {
    tidy_nested(*scene.trace, failed, undecided);
    if (!holds) {
      scene.trace->failed.push_back(
          {canonical_path(subject.path), explained_name(name, negated), operand, subject.actual});
    }
  }
  return holds;
}

}  // namespace

std::string_view operator_name(std::string_view written) {
  const auto found = std::ranges::find_if(kOperators, [&](auto name) { return is_name(written, name); });
  return found == kOperators.end() ? std::string_view() : *found;
}

bool test_holds(const Scene& scene, std::string_view name, const Subject& subject, const Value& operand, bool negated) {
  if (name == "notEquals") return test_holds(scene, "equals", subject, operand, !negated);
  if (name == "notIn") return test_holds(scene, "in", subject, operand, !negated);
  if (name == "notMatches") return test_holds(scene, "matches", subject, operand, !negated);
  if (name == "notPathMatches") return test_holds(scene, "pathMatches", subject, operand, !negated);
  if (name == "some" || name == "every") return members_hold(scene, name, subject, operand, negated);
  return settle_and_note(scene, name, subject, operand, negated, verdict_of(name, subject.actual, operand));
}

bool tests_hold(const Scene& scene, const Subject& subject, const Value& operators, bool negated) {
  Together tests(scene.trace, Together::Kind::All, negated);
  for (const json::Member& test : operators.as_object()) {
    tests.add(test_holds(scene, operator_name(test.key), subject, test.value, negated));
  }
  return tests.holds();
}

}  // namespace guardian::testing
