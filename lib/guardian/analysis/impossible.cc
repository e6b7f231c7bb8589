// Whether one attribute can have a value that makes claims true, kind of value by kind.
#include <algorithm>
#include <span>
#include <string>

#include "guardian/analysis/claim.h"
#include "guardian/analysis/pattern_claims.h"
#include "guardian/analysis/samples.h"
#include "guardian/policy/facts.h"

namespace guardian::analysis {

namespace {

using json::Value;
using policy::Leaning;
using policy::Operator;
using policy::Test;
using policy::Verdict;

// Tests look at nothing but the value they are given; the members that `some` and `every` see come with it.
class Judge {
 public:
  explicit Judge(Counted counted) noexcept : counted_(counted) {}

  [[nodiscard]] bool comes_out(const Claim& claim, const Value& value) {
    const Test& test = *claim.test;
    switch (policy::judge(test, value, facts_, claim.leaning)) {
      case Verdict::Holds:
        return !test.negated == claim.holds;
      case Verdict::Fails:
        return test.negated == claim.holds;
      case Verdict::Absent:
        return (test.negated && claim.leaning == Leaning::Restricting) == claim.holds;
      case Verdict::WrongType:
        return counted_.undecided && comes_out_undecided(claim);
    }
    return true;
  }

 private:
  Counted counted_;
  policy::Agent agent_;
  policy::Request request_;
  policy::TimeZone zone_;
  policy::Input input_{agent_, request_, {}};
  policy::Facts facts_{input_, zone_};
};

// Every constant is compared with every sample that it makes.
std::size_t count_constants(std::span<const Claim> claims) noexcept {
  std::size_t count = 0;
  for (const Claim& claim : claims) {
    count += claim.test->operand.is_list() ? claim.test->operand.as_list().size() : 1;
  }
  return count;
}

bool holds_for_some(std::span<const Claim> claims, std::span<const Value> values, Judge& judge) {
  return std::ranges::any_of(values, [&](const Value& value) {
    return std::ranges::all_of(claims, [&](const Claim& claim) { return judge.comes_out(claim, value); });
  });
}

// A value is told from others by comparing it with constants, or not at all.
bool compares_texts(Operator op) noexcept {
  switch (op) {
    case Operator::Equals:
    case Operator::In:
    case Operator::Lt:
    case Operator::Lte:
    case Operator::Gt:
    case Operator::Gte:
    case Operator::Between:
    case Operator::Exists:
    case Operator::Some:
    case Operator::Every:
      return true;
    case Operator::ContainsAll:
    case Operator::Matches:
    case Operator::PathMatches:
    case Operator::Regex:
    case Operator::StartsWith:
    case Operator::EndsWith:
    case Operator::Contains:
    case Operator::Cidr:
      return false;
  }
  return false;
}

bool looks_into_lists(Operator op) noexcept {
  switch (op) {
    case Operator::In:
    case Operator::Matches:
    case Operator::Contains:
    case Operator::ContainsAll:
    case Operator::Some:
    case Operator::Every:
      return true;
    case Operator::Equals:
    case Operator::Lt:
    case Operator::Lte:
    case Operator::Gt:
    case Operator::Gte:
    case Operator::Between:
    case Operator::PathMatches:
    case Operator::Regex:
    case Operator::StartsWith:
    case Operator::EndsWith:
    case Operator::Cidr:
    case Operator::Exists:
      return false;
  }
  return false;
}

// The value must be one of the operands, so that the samples hold all there are.
bool names_the_values(const Claim& claim) noexcept {
  const bool compares = claim.test->op == Operator::Equals || claim.test->op == Operator::In;
  return compares && is_affirmed(claim);
}

bool no_text(std::span<const Claim> claims, const Domain& domain, Samples& samples, Judge& judge, Counted counted) {
  std::vector<Value> texts = samples.texts();
  std::erase_if(texts, [&](const Value& text) { return !admits(domain, text.as_text()); });
  if (holds_for_some(claims, texts, judge)) return false;
  if (domain.texts || std::ranges::any_of(claims, names_the_values)) return true;
  const bool any_text = domain.patterns.empty() && domain.more_patterns.empty();
  if (any_text && std::ranges::all_of(claims, [](const Claim& c) { return compares_texts(c.test->op); })) return true;
  return patterns_exclude(claims, domain, counted.undecided);
}

bool no_list(std::span<const Claim> claims, Samples& samples, Judge& judge) {
  if (holds_for_some(claims, samples.lists(), judge)) return false;
  const auto equals = [](const Claim& claim) { return claim.test->op == Operator::Equals && is_affirmed(claim); };
  if (std::ranges::any_of(claims, equals)) return true;  // the samples hold the one list that it can be
  const auto decided_alike = [&](const Claim& claim) {
    const bool by_value = looks_into_lists(claim.test->op) || claim.test->op == Operator::Equals;
    return !by_value && !judge.comes_out(claim, Value::list({}));
  };
  if (std::ranges::any_of(claims, decided_alike)) return true;
  const bool compared_whole =
      std::ranges::none_of(claims, [](const Claim& claim) { return looks_into_lists(claim.test->op); });
  return compared_whole || members_exclude(claims);
}

}  // namespace

bool all_true_of(std::span<const Claim> claims, const json::Value& value) {
  Judge judge({});
  return holds_for_some(claims, std::span(&value, 1), judge);
}

bool impossible_for_one(std::span<const Claim> claims, const Domain& domain, Counted counted) {
  if (count_constants(claims) > kMaxConstants) return false;
  Judge judge(counted);
  Samples samples(claims, domain);
  const Value null;
  if (counted.absent && domain.absent && holds_for_some(claims, std::span(&null, 1), judge)) return false;
  if (contradict(claims, counted.undecided)) return true;
  if (domain.boolean && holds_for_some(claims, samples.booleans(), judge)) return false;
  if (domain.number && holds_for_some(claims, samples.numbers(), judge)) return false;
  if (domain.object && holds_for_some(claims, samples.objects(), judge)) return false;
  if (domain.text && !no_text(claims, domain, samples, judge, counted)) return false;
  return !domain.list || no_list(claims, samples, judge);
}

}  // namespace guardian::analysis
