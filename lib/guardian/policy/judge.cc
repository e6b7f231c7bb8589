// What each operator says of a value (policy.md section 4, Operators and "What cannot be decided").
#include <algorithm>
#include <compare>
#include <span>

#include "guardian/base/check.h"
#include "guardian/policy/condition.h"
#include "guardian/policy/globs.h"
#include "guardian/policy/text_search.h"

namespace guardian::policy {

namespace {

using json::Value;

Verdict verdict(bool holds) noexcept { return holds ? Verdict::Holds : Verdict::Fails; }

std::span<const Value> one_or_many(const Value& operand) noexcept {
  return operand.is_list() ? operand.as_list() : std::span(&operand, 1);
}

bool equals_some(const Value& value, std::span<const Value> candidates) noexcept {
  return std::ranges::any_of(candidates, [&](const Value& candidate) { return json::equal(value, candidate); });
}

template <typename Compiled>
const Compiled& compiled(const Test& test) noexcept {
  const auto* found = std::get_if<Compiled>(&test.compiled);
  GUARDIAN_ASSERT(found != nullptr);
  return *found;
}

bool is_operand(const Test& test, const Value& value) noexcept {
  if (const auto* many = std::get_if<OperandSet>(&test.compiled)) return many->has(value);
  return equals_some(value, one_or_many(test.operand));
}

Verdict judge_in(const Test& test, const Value& value) noexcept {
  if (!value.is_list()) return verdict(is_operand(test, value));
  return verdict(std::ranges::any_of(value.as_list(), [&](const Value& v) { return is_operand(test, v); }));
}

// How the value stands to the bound; nullopt when it is of another type.
std::optional<std::weak_ordering> compare(const Value& value, const Bound& bound) noexcept {
  if (const double* number = std::get_if<double>(&bound)) {
    if (!value.is_number()) return std::nullopt;
    if (value.as_number() < *number) return std::weak_ordering::less;
    return value.as_number() > *number ? std::weak_ordering::greater : std::weak_ordering::equivalent;
  }
  if (!value.is_text()) return std::nullopt;
  const auto instant = base::parse_rfc3339(value.as_text());
  if (!instant) return std::nullopt;
  return *instant <=> std::get<base::Instant>(bound);
}

template <typename Relation>
Verdict judge_order(const Test& test, const Value& value, Relation relation) noexcept {
  const auto order = compare(value, compiled<Bounds>(test)[0]);
  return order ? verdict(relation(*order)) : Verdict::WrongType;
}

Verdict judge_between(const Test& test, const Value& value) noexcept {
  const auto& [low_bound, high_bound] = compiled<Bounds>(test);
  const auto low = compare(value, low_bound);
  if (!low) return Verdict::WrongType;
  const auto high = compare(value, high_bound);
  return verdict(std::is_gteq(*low) && std::is_lteq(*high));
}

Verdict judge_matches(const Test& test, const Value& value) noexcept {
  const auto& globs = compiled<std::vector<Glob>>(test);
  const auto matches = [&](const Value& text) { return text.is_text() && any_matches(globs, text.as_text()); };
  if (value.is_text()) return verdict(matches(value));
  if (!value.is_list()) return Verdict::WrongType;
  const auto members = value.as_list();
  if (std::ranges::any_of(members, matches)) return Verdict::Holds;
  return std::ranges::all_of(members, &Value::is_text) ? Verdict::Fails : Verdict::WrongType;
}

Verdict judge_path(const Test& test, const Value& value) noexcept {
  if (!value.is_text() || climbs_above_start(value.as_text())) return Verdict::WrongType;
  return verdict(std::ranges::any_of(compiled<std::vector<PathGlob>>(test),
                                     [&](const PathGlob& path) { return path.matches(value.as_text()); }));
}

template <typename TextTest>
Verdict judge_text(const Test& test, const Value& value, TextTest text_test) noexcept {
  if (!value.is_text()) return Verdict::WrongType;
  const std::string_view text = value.as_text();
  return verdict(std::ranges::any_of(one_or_many(test.operand),
                                     [&](const Value& operand) { return text_test(text, operand.as_text()); }));
}

Verdict judge_regex(const Test& test, const Value& value) noexcept {
  if (!value.is_text()) return Verdict::WrongType;
  return verdict(std::ranges::any_of(compiled<std::vector<Regex>>(test),
                                     [&](const Regex& regex) { return regex.matches(value.as_text()); }));
}

Verdict contains_one(const Value& value, const Value& operand) noexcept {
  if (value.is_list()) return verdict(equals_some(operand, value.as_list()));
  if (!value.is_text() || !operand.is_text()) return Verdict::WrongType;
  return verdict(find_text(value.as_text(), operand.as_text()) != std::string_view::npos);
}

// Over the operands: one of `deciding` decides, else one that cannot be decided, else the other way.
Verdict judge_each(const Test& test, const Value& value, Verdict deciding, Verdict otherwise) noexcept {
  Verdict result = otherwise;
  for (const auto& operand : one_or_many(test.operand)) {
    const Verdict one = contains_one(value, operand);
    if (one == deciding) return deciding;
    if (one == Verdict::WrongType) result = Verdict::WrongType;
  }
  return result;
}

Verdict judge_contains(const Test& test, const Value& value) noexcept {
  const auto* many = std::get_if<OperandSet>(&test.compiled);
  if (many == nullptr || !value.is_list()) return judge_each(test, value, Verdict::Holds, Verdict::Fails);
  return verdict(std::ranges::any_of(value.as_list(), [&](const Value& member) { return many->has(member); }));
}

Verdict judge_contains_all(const Test& test, const Value& value) noexcept {
  const auto* many = std::get_if<OperandSet>(&test.compiled);
  if (many == nullptr || !value.is_list()) return judge_each(test, value, Verdict::Fails, Verdict::Holds);
  return verdict(many->is_covered_by(value.as_list()));
}

Verdict judge_cidr(const Test& test, const Value& value) noexcept {
  const auto address = value.is_text() ? parse_ip_address(value.as_text()) : std::nullopt;
  if (!address) return Verdict::WrongType;
  return verdict(std::ranges::any_of(compiled<std::vector<CidrBlock>>(test),
                                     [&](const CidrBlock& block) { return block.contains(*address); }));
}

// The nested tests carry the negations above them already, so that `not some` is asked as `every not`; the answer is
// turned back here because holds() applies the test's polarity to it once more.
Verdict judge_members(const Test& test, const Value& value, Facts& facts, Leaning leaning) noexcept {
  if (!value.is_list()) return Verdict::WrongType;
  const auto& nested = compiled<Condition>(test);
  const auto member_holds = [&](const Value& member) { return holds(nested, facts, &member, leaning); };
  const bool every = (test.op == Operator::Every) != test.negated;
  const bool answer =
      every ? std::ranges::all_of(value.as_list(), member_holds) : std::ranges::any_of(value.as_list(), member_holds);
  return verdict(answer != test.negated);
}

}  // namespace

Verdict judge(const Test& test, const Value& value, Facts& facts, Leaning leaning) noexcept {
  if (test.op == Operator::Exists) return verdict(!value.is_null() == test.operand.as_boolean());
  if (value.is_null() && !test.null_is_a_value) return Verdict::Absent;
  switch (test.op) {
    case Operator::Equals:
      return verdict(json::equal(value, test.operand));
    case Operator::In:
      return judge_in(test, value);
    case Operator::Lt:
      return judge_order(test, value, [](std::weak_ordering order) { return std::is_lt(order); });
    case Operator::Lte:
      return judge_order(test, value, [](std::weak_ordering order) { return std::is_lteq(order); });
    case Operator::Gt:
      return judge_order(test, value, [](std::weak_ordering order) { return std::is_gt(order); });
    case Operator::Gte:
      return judge_order(test, value, [](std::weak_ordering order) { return std::is_gteq(order); });
    case Operator::Between:
      return judge_between(test, value);
    case Operator::Matches:
      return judge_matches(test, value);
    case Operator::PathMatches:
      return judge_path(test, value);
    case Operator::Regex:
      return judge_regex(test, value);
    case Operator::StartsWith:
      return judge_text(test, value,
                        [](std::string_view text, std::string_view start) { return text.starts_with(start); });
    case Operator::EndsWith:
      return judge_text(test, value, [](std::string_view text, std::string_view end) { return text.ends_with(end); });
    case Operator::Contains:
      return judge_contains(test, value);
    case Operator::ContainsAll:
      return judge_contains_all(test, value);
    case Operator::Cidr:
      return judge_cidr(test, value);
    case Operator::Some:
    case Operator::Every:
      return judge_members(test, value, facts, leaning);
    case Operator::Exists:
      break;
  }
  GUARDIAN_ASSERT(false);
}

}  // namespace guardian::policy
