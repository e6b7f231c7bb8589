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

class ConditionChecks {
 public:
  ConditionChecks(Notes& notes, const Surroundings& around, policy::Leaning leaning)
      : notes_(notes), around_(around), leaning_(leaning) {}

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
  enum class Constant { None, False, True, TrueWhenThere };

  [[nodiscard]] bool never(const Condition& condition, bool holds, Counted counted) const {
    return impossible(alternatives_of(condition, leaning_, holds), around_, counted);
  }

  [[nodiscard]] Constant constant_of(const Condition& condition) const {
    if (never(condition, true, kDecided)) return Constant::False;
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
    const bool is_false = constant == Constant::False;
    const Counted counted = constant == Constant::TrueWhenThere ? kThere : kDecided;
    const auto alternatives = alternatives_of(condition, leaning_, is_false);
    const auto pair = alternatives.list.size() == 1 ? clashing_pair(alternatives.list.front(), counted) : std::nullopt;
    const Code code = is_false ? Code::ConditionAlwaysFalse : Code::ConditionAlwaysTrue;
    if (!pair) {
      notes_.add(code, condition.offset,
                 is_false ? "no request meets all of this condition" : "every request meets this condition",
                 is_false ? "the rule never matches by it: correct the tests" : "correct the tests, or leave them out");
      return;
    }
    const Test& first = *pair->first.test;
    const Test& second = *pair->second.test;
    const std::string tests = test_text(first) + (is_false ? " and " : " or ") + test_text(second);
    const std::string attribute = quoted(first.attribute.path);
    if (is_false) {
      notes_.add(code, pair->second.offset, "no value of " + attribute + " passes both " + tests,
                 "correct one of the two; for either of them write `any`");
    } else {
      notes_.add(code, pair->second.offset,
                 "every value of " + attribute + " passes " + tests +
                     (constant == Constant::TrueWhenThere ? ", whenever there is one" : ""),
                 "correct one of the two; for both of them write `all`");
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

  void visit_test(const Condition& condition) {
    const Test& test = *condition.test;
    const std::string attribute = quoted(test.attribute.path);
    note_patterns(condition);
    if (const auto* nested = test.nested()) {
      Surroundings members = around_;
      members.members = true;
      ConditionChecks(notes_, members, leaning_).visit(*nested);
    }
    if (is_inverted(test)) {
      notes_.add(Code::InvertedRange, condition.offset,
                 test_text(test) + " holds for nothing: its low end is above its high end",
                 "write the smaller value first; for a range over midnight write `any` of two tests");
    } else if (test.op == Operator::Equals && test.operand.is_null()) {
      notes_.add(Code::NullComparison, condition.offset,
                 attribute + " is compared with null, which an absent attribute equals",
                 std::string("write `exists: ") + (test.negated ? "true" : "false") +
                     "` if that is meant, or the value that was left out");
    } else {
      note_constant_test(condition);
    }
  }

  void note_constant_test(const Condition& condition) {
    const Test& test = *condition.test;
    const bool never_true = never(condition, true, kDecided);
    const bool never_false = never(condition, false, kDecided);
    if (!never_true && !never_false) return;
    const std::string attribute = quoted(test.attribute.path);
    const std::string kind = name_of(domain_of(test.attribute, around_));
    const std::string is_kind = kind.empty() ? "" : ": it is " + kind;
    if (never_true && never_false) {
      notes_.add(Code::UndecidableTest, condition.offset,
                 attribute + " can never be put to " + test_text(test) + is_kind,
                 "use an operator for its type: what cannot be decided never allows and always denies");
    } else if (never_true) {
      notes_.add(Code::ConditionAlwaysFalse, condition.offset,
                 "no value of " + attribute + " passes " + test_text(test) + is_kind,
                 test.attribute.root == policy::Root::AgentTags && test.op == Operator::Equals
                     ? "write `contains` for one tag, a list for any of several"
                     : "correct the value: the test never holds for a request that this rule matches");
    } else {
      notes_.add(Code::ConditionAlwaysTrue, condition.offset,
                 "every value of " + attribute + " passes " + test_text(test),
                 "correct the value, or leave the test out: it holds for every request that this rule matches");
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
  policy::Leaning leaning_;
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
    ConditionChecks(notes, around, leaning_of(compiled.effect)).visit(compiled.condition);
  }
  notes.about_no_rule();
}

}  // namespace guardian::analysis
