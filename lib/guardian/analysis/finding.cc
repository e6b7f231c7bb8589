#include "guardian/analysis/finding.h"

#include <algorithm>
#include <array>

#include "guardian/base/check.h"

namespace guardian::analysis {

namespace {

struct Row {
  Code code;
  std::string_view name;
};

constexpr std::array kRows{
    Row{Code::Syntax, "syntax"},
    Row{Code::InvalidPolicy, "invalid-policy"},
    Row{Code::InvalidBundle, "invalid-bundle"},
    Row{Code::DuplicateName, "duplicate-name"},
    Row{Code::MissingVersion, "missing-version"},
    Row{Code::AppliesToNobody, "applies-to-nobody"},
    Row{Code::MatchesNoAgent, "matches-no-agent"},
    Row{Code::UnreachableRule, "unreachable-rule"},
    Row{Code::LateDeny, "late-deny"},
    Row{Code::NeverMatchingPattern, "never-matching-pattern"},
    Row{Code::BeyondCeiling, "beyond-ceiling"},
    Row{Code::DelegationAllowsNothing, "delegation-allows-nothing"},
    Row{Code::ConditionAlwaysTrue, "condition-always-true"},
    Row{Code::ConditionAlwaysFalse, "condition-always-false"},
    Row{Code::UndecidableTest, "undecidable-test"},
    Row{Code::EmptyListOnly, "empty-list-only"},
    Row{Code::InvertedRange, "inverted-range"},
    Row{Code::NullComparison, "null-comparison"},
    Row{Code::OperatorInOperand, "operator-in-operand"},
    Row{Code::CombinationAsName, "combination-as-name"},
    Row{Code::ShorthandName, "shorthand-name"},
    Row{Code::DuplicateEntry, "duplicate-entry"},
    Row{Code::RedundantPattern, "redundant-pattern"},
    Row{Code::PathLikeGlob, "path-like-glob"},
    Row{Code::UnknownReference, "unknown-reference"},
    Row{Code::NotAnalysed, "not-analysed"},
};

constexpr auto kCodes = [] {
  std::array<Code, kRows.size()> codes{};
  for (std::size_t i = 0; i < kRows.size(); ++i) codes[i] = kRows[i].code;
  return codes;
}();

}  // namespace

std::span<const Code> all_codes() noexcept { return kCodes; }

std::string_view to_string(Code code) noexcept {
  const auto row = std::ranges::find(kRows, code, &Row::code);
  GUARDIAN_ASSERT(row != kRows.end());
  return row->name;
}

std::string_view to_string(Severity severity) noexcept { return severity == Severity::Error ? "error" : "warning"; }

Severity severity_of(Code code) noexcept { return code <= Code::DuplicateName ? Severity::Error : Severity::Warning; }

std::size_t Report::count(Severity severity) const noexcept {
  return static_cast<std::size_t>(
      std::ranges::count_if(findings, [&](const Finding& finding) { return severity_of(finding.code) == severity; }));
}

}  // namespace guardian::analysis
