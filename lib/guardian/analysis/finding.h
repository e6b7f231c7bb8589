// What a linter says: a finding with a stable code, a place, what is wrong and what to do. The codes are a contract
// (guardian-policy(1) lists them): scripts match them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/json/reader.h"

namespace guardian::analysis {

enum class Code : std::uint8_t {
  Syntax,
  InvalidPolicy,
  InvalidBundle,
  DuplicateName,
  MissingVersion,
  AppliesToNobody,
  MatchesNoAgent,
  UnreachableRule,
  LateDeny,
  NeverMatchingPattern,
  BeyondCeiling,
  DelegationAllowsNothing,
  ConditionAlwaysTrue,
  ConditionAlwaysFalse,
  UndecidableTest,
  EmptyListOnly,
  InvertedRange,
  NullComparison,
  OperatorInOperand,
  CombinationAsName,
  ShorthandName,
  DuplicateEntry,
  RedundantPattern,
  PathLikeGlob,
  UnknownReference,
  NotAnalysed,
};

enum class Severity : std::uint8_t { Error, Warning };

// All codes, in the order of the manual.
[[nodiscard]] std::span<const Code> all_codes() noexcept;
[[nodiscard]] std::string_view to_string(Code code) noexcept;  // `unreachable-rule`
[[nodiscard]] std::string_view to_string(Severity severity) noexcept;
[[nodiscard]] Severity severity_of(Code code) noexcept;

struct Finding {
  Code code = Code::Syntax;
  std::string file;
  json::Location place;
  std::string line;    // the line of the file that it is about
  std::string policy;  // empty where it is about none
  std::string rule;
  std::string message;
  std::string help;  // what to do
};

struct Report {
  std::vector<Finding> findings;  // in the order of the files read, then by place
  std::size_t files = 0;

  [[nodiscard]] std::size_t count(Severity severity) const noexcept;
};

}  // namespace guardian::analysis
