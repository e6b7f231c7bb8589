#include <algorithm>
#include <optional>
#include <string>

#include "guardian/analysis/checks.h"
#include "guardian/analysis/claim.h"
#include "guardian/base/text.h"
#include "guardian/json/writer.h"

namespace guardian::analysis {

namespace {

using json::Value;
using policy::Condition;
using policy::Operator;
using policy::Test;

// A lint is about values that the tests can take; those that cannot be decided are a matter of their own.
constexpr Counted kDecided{true, false};
constexpr Counted kThere{false, false};
constexpr Counted kAll{true, true};

// `gt 5`.
std::string test_text(const Test& test) {
  constexpr std::size_t kMaxOperandBytes = 60;
  return quoted(std::string(operator_name(test.op, test.negated)) + " " +
                base::printable(json::write(test.operand), kMaxOperandBytes));
}

bool knows_null(const Condition& condition) {
  if (condition.kind == Condition::Kind::Test) {
    return condition.test->null_is_a_value || condition.test->op == Operator::Exists;
  }
  return std::ranges::any_of(condition.children, knows_null);
}

std::size_t count_tests(const Condition& condition) {
  if (condition.kind == Condition::Kind::Test) return 1;
  std::size_t count = 0;
  for (const auto& child : condition.children) count += count_tests(child);
  return count;
}

bool is_inverted(const Test& test) noexcept {
  return test.op == Operator::Between && test.bounds()[0] > test.bounds()[1];
}

// A map of operators where a value is asked for.
bool looks_like_test(const Value& operand) {
  return operand.is_object() && !operand.as_object().empty() &&
         std::ranges::all_of(operand.as_object(),
                             [](const json::Member& member) { return policy::find_operator(member.key).has_value(); });
}

// What the values under test are.
enum class Place : std::uint8_t { Attribute, SomeMember, EveryMember };

// `not some` is asked as `every not`, and the reverse.
Place place_below(const Test& quantifier) noexcept {
  return (quantifier.op == Operator::Every) != quantifier.negated ? Place::EveryMember : Place::SomeMember;
}

class ConditionChecks {
 public:
  ConditionChecks(Notes& notes, const Surroundings& around, policy::Effect effect, Place place = Place::Attribute)
      : notes_(notes), around_(around), effect_(effect), leaning_(leaning_of(effect)), place_(place) {
    around_.members = place != Place::Attribute;
  }

  void visit(const Condition& condition) {
    if (condition.kind == Condition::Kind::Test) {
      visit_test(condition);
    } else if (condition.children.empty()) {
      notes_.add(Code::ConditionAlwaysTrue, condition.offset, "the empty condition always holds",
                 "leave `conditions` out, or write what was meant");
    } else if (!note_constant(condition)) {
      for (const auto& child : condition.children) visit(child);
    }
  }

 private:
  // NeverDecided: false for every value that can be decided, but a restricting rule matches those that cannot.
  enum class Constant : std::uint8_t { None, False, NeverDecided, True, TrueWhenThere };

  [[nodiscard]] bool never(const Condition& condition, bool holds, Counted counted) const {
    return impossible(alternatives_of(condition, leaning_, holds), around_, counted);
  }

  [[nodiscard]] bool is_restricting() const noexcept { return leaning_ == policy::Leaning::Restricting; }

  [[nodiscard]] Constant constant_of(const Condition& condition) const {
    if (never(condition, true, kDecided)) {
      // What is no list cannot be decided by any test of members.
      const bool open = is_restricting() && (place_ != Place::Attribute || !never(condition, true, kAll));
      return open ? Constant::NeverDecided : Constant::False;
    }
    if (place_ != Place::Attribute) return Constant::None;
    if (never(condition, false, kDecided)) return Constant::True;
    const bool several = count_tests(condition) > 1 && !knows_null(condition);
    return several && never(condition, false, kThere) ? Constant::TrueWhenThere : Constant::None;
  }

  // One that comes out the same by itself is to blame, else the tests that do so together.
  bool note_constant(const Condition& condition) {
    const Constant constant = constant_of(condition);
    if (constant == Constant::None) return false;
    bool blamed = false;
    for (const auto& child : condition.children) {
      if (constant_of(child) != constant) continue;
      visit(child);
      blamed = true;
    }
    if (!blamed) note_together(condition, constant);
    return true;
  }

  void note_together(const Condition& condition, Constant constant) {
    const bool is_false = constant == Constant::False || constant == Constant::NeverDecided;
    const Counted counted = constant == Constant::TrueWhenThere ? kThere : kDecided;
    const auto alternatives = alternatives_of(condition, leaning_, is_false);
    const auto pair = alternatives.list.size() == 1 ? clashing_pair(alternatives.list.front(), counted) : std::nullopt;
    if (!pair) {
      note_unnamed(condition, constant);
      return;
    }
    const auto& [first, second] = *pair;
    const std::string subject = what(*first.test);
    if (is_false) {
      note_never(second.offset, constant,
                 "no " + subject + " passes both " + test_text(*first.test) + " and " + test_text(*second.test),
                 place_ == Place::Attribute ? "correct one of the two; for either of them write `any`"
                                            : "correct one of the two");
    } else {
      notes_.add(Code::ConditionAlwaysTrue, second.offset,
                 "every " + subject + (is_decided(condition) ? "" : " that can be decided") + " passes " +
                     test_text(*first.test) + " or " + test_text(*second.test) +
                     (constant == Constant::TrueWhenThere ? ", whenever there is one" : ""),
                 "correct one of the two; for both of them write `all`");
    }
  }

  // More tests together than two that could be named.
  void note_unnamed(const Condition& condition, Constant constant) {
    if (constant == Constant::False || constant == Constant::NeverDecided) {
      note_never(condition.offset, constant,
                 place_ == Place::Attribute ? "no request meets all of this condition" : "no member passes all of this",
                 "correct the tests");
    } else {
      notes_.add(Code::ConditionAlwaysTrue, condition.offset,
                 std::string("every request meets this condition") +
                     (is_decided(condition) ? "" : ", where it can be decided"),
                 "correct the tests, or leave them out");
    }
  }

  // `value of `context.a``, `member of `context.a``.
  [[nodiscard]] std::string what(const Test& test) const {
    return (place_ == Place::Attribute ? "value of " : "member of ") + quoted(test.attribute.path);
  }

  // It holds for whatever is there, decided or not: an allow rule does not match what cannot be decided.
  [[nodiscard]] bool is_decided(const Condition& condition) const { return never(condition, false, {false, true}); }

  [[nodiscard]] std::string rule_name() const { return "this " + std::string(to_string(effect_)) + " rule"; }

  // What holds for nothing that it can decide, said of what it does hold for.
  void note_never(std::uint32_t offset, Constant constant, const std::string& message, const std::string& help,
                  const std::string& reason = "") {
    const bool undecided = constant == Constant::NeverDecided;
    const std::string but_for = undecided ? ", but for what cannot be decided" : "";
    if (place_ == Place::EveryMember) {
      notes_.add(Code::EmptyListOnly, offset,
                 message + but_for + reason + ": of lists " + (undecided ? "that can be decided " : "") +
                     "it leaves the empty one",
                 help + "; for the empty list alone write `equals: []`");
    } else if (undecided) {
      notes_.add(Code::UndecidableTest, offset, message + but_for + reason,
                 help + ": by it " + rule_name() + " matches only what cannot be decided");
    } else {
      notes_.add(Code::ConditionAlwaysFalse, offset, message + reason, help + ": the rule never matches by it");
    }
  }

  [[nodiscard]] std::optional<std::pair<Claim, Claim>> clashing_pair(const Claims& claims, Counted counted) const {
    for (std::size_t second = 0; second < claims.size(); ++second) {
      for (std::size_t first = 0; first < second; ++first) {
        if (claims[first].test->attribute.path != claims[second].test->attribute.path) continue;
        if (impossible(Claims{claims[first], claims[second]}, around_, counted)) {
          return std::pair(claims[first], claims[second]);
        }
      }
    }
    return std::nullopt;
  }

  // What looks like a test or a combination and is a value or a name: a rule by it hardly ever matches.
  void note_mistaken(const Condition& condition) {
    const Test& test = *condition.test;
    for (const std::string_view name : {"any", "all", "not"}) {
      if (place_ != Place::Attribute || test.attribute.below.empty()) break;
      if (test.attribute.below.front().key != name) continue;
      notes_.add(
          Code::CombinationAsName, condition.offset,
          quoted(test.attribute.path) + " is an attribute that is called " + quoted(name) + " and combines nothing",
          "write " + quoted(name) + " beside the root, not below it");
    }
    const bool takes_any_value = test.op == Operator::Equals || test.op == Operator::In ||
                                 test.op == Operator::Contains || test.op == Operator::ContainsAll;
    if (!takes_any_value) return;
    const auto operands = test.operand.is_list() ? test.operand.as_list() : std::span(&test.operand, 1);
    if (std::ranges::any_of(operands, looks_like_test)) {
      notes_.add(Code::OperatorInOperand, condition.offset,
                 test_text(test) + " compares with an object whose members are called as operators, not by them",
                 "write the operators below the attribute; for one of several tests write `any`");
    }
  }

  void visit_test(const Condition& condition) {
    const Test& test = *condition.test;
    const std::string attribute = quoted(test.attribute.path);
    note_patterns(condition);
    note_mistaken(condition);
    if (const auto* nested = test.nested()) {
      ConditionChecks(notes_, around_, effect_, place_below(test)).visit(*nested);
    }
    if (is_inverted(test)) {
      notes_.add(Code::InvertedRange, condition.offset,
                 test_text(test) + " holds for " + extent_of_inverted(test) + ": its low end is above its high end",
                 place_ == Place::Attribute
                     ? "write the smaller value first; for a range over midnight write `any` of two tests"
                     : "write the smaller value first");
    } else if (test.op == Operator::Equals && test.operand.is_null()) {
      notes_.add(Code::NullComparison, condition.offset,
                 attribute + " is compared with null, which an absent attribute equals",
                 std::string("write `exists: ") + (test.negated ? "true" : "false") +
                     "` if that is meant, or the value that was left out");
    } else {
      note_constant_test(condition);
    }
  }

  [[nodiscard]] std::string extent_of_inverted(const Test& test) const {
    if (test.negated) return "all that it can decide";
    if (is_restricting()) return "nothing that it can decide, and for what it cannot";
    return place_ == Place::Attribute ? "nothing" : "no member";
  }

  void note_constant_test(const Condition& condition) {
    const Test& test = *condition.test;
    const Constant constant = constant_of(condition);
    if (constant == Constant::None) return;
    const std::string kind = name_of(domain_of(test.attribute, around_));
    const std::string is_kind = kind.empty() ? "" : ": it is " + kind;
    const bool is_true = constant == Constant::True || constant == Constant::TrueWhenThere;
    if (!is_true && never(condition, false, kDecided)) {
      notes_.add(Code::UndecidableTest, condition.offset,
                 quoted(test.attribute.path) + " can never be put to " + test_text(test) + is_kind,
                 "use an operator for its type: what cannot be decided never allows and always denies");
    } else if (!is_true) {
      note_never(condition.offset, constant, "no " + what(test) + " passes " + test_text(test),
                 test.attribute.root == policy::Root::AgentTags && test.op == Operator::Equals
                     ? "write `contains` for one tag, a list for any of several"
                     : "correct the value or the operator",
                 is_kind);
    } else {
      notes_.add(
          Code::ConditionAlwaysTrue, condition.offset,
          "every " + what(test) + (is_decided(condition) ? "" : " that can be decided") + " passes " + test_text(test),
          "correct the value, or leave the test out");
    }
  }

  // What is hardly meant in lists and patterns of operands.
  void note_patterns(const Condition& condition) {
    const Test& test = *condition.test;
    if (test.operand.is_list() && test.op != Operator::Between && test.op != Operator::Equals) {
      check_entries(test.operand.as_list(), test.op == Operator::Matches, condition.offset, notes_);
    }
    if (test.op == Operator::Matches && test.attribute.root != policy::Root::Action) note_paths(condition, false);
    if (test.op == Operator::StartsWith) note_paths(condition, true);
    for (const auto& path : test.paths()) note_dead_segments(condition, path);
  }

  void note_paths(const Condition& condition, bool is_prefix) {
    for (const Value& operand : entries_of(&condition.test->operand)) {
      if (!looks_like_path(operand.as_text(), is_prefix)) continue;
      const std::string shown = quoted(operand.as_text());
      notes_.add(Code::PathLikeGlob, operand.offset() != 0 ? operand.offset() : condition.offset,
                 is_prefix ? "the path prefix " + shown + " is passed by paths that leave it again with `..`"
                           : "`*` in the glob " + shown + " crosses `/`, and `..` in a path is not resolved",
                 "use `pathMatches` for paths");
    }
  }

  // `.` is dropped from values before they are matched (policy.md section 3).
  void note_dead_segments(const Condition& condition, const policy::PathGlob& path) {
    const bool dead = std::ranges::any_of(path.segments(), [](const auto& s) { return s.pattern == "\\."; });
    if (!dead) return;
    notes_.add(Code::NeverMatchingPattern, condition.offset,
               "the path pattern has the segment `\\.`, which no path has: `.` is dropped from paths",
               "leave the segment out");
  }

  Notes& notes_;
  Surroundings around_;
  policy::Effect effect_;
  policy::Leaning leaning_;
  Place place_;
};

}  // namespace

void check_conditions(const Subject& subject, Notes& notes) {
  std::size_t index = 0;
  for (const Value& rule : entries_of(field(subject.body, "rules"))) {
    const policy::CompiledRule& compiled = subject.compiled.rules[index++];
    const Value* const written = field(rule, "conditions");
    // A map with nothing but the rule's rate limit is no condition.
    const bool only_limit = compiled.condition.children.empty() && compiled.condition.kind != Condition::Kind::Test;
    if (written == nullptr || (only_limit && !written->as_object().empty())) continue;
    notes.about_rule(compiled.id);
    const Surroundings around{subject.tiers, compiled.actions, compiled.resources};
    ConditionChecks(notes, around, compiled.effect).visit(compiled.condition);
  }
  notes.about_no_rule();
}

}  // namespace guardian::analysis
