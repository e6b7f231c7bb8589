// What the conditions of one policy point into, and what they may still cost: a few bytes of policy text must not
// become gigabytes of tests, be it through aliases, long paths or regular expressions that unfold. One thread compiles;
// then immutable.
#pragma once

#include <cstddef>
#include <string_view>

#include "guardian/base/result.h"
#include "guardian/json/document.h"
#include "guardian/policy/program.h"
#include "guardian/policy/regex.h"

namespace guardian::policy {

// Of the conditions of one policy: tests, operands, the segments of path patterns, each eight segments of an attribute
// path, and what parts_of_text says of texts.
inline constexpr std::size_t kMaxConditionParts = 200'000;

// What a text adds for its length.
[[nodiscard]] constexpr std::size_t parts_of_text(std::string_view text) noexcept {
  constexpr std::size_t kBytesPerPart = 256;
  return text.size() / kBytesPerPart;
}

class ConditionStore {
 public:
  // A copy of an operand that lives as long as the store. PolicyInvalid without a place when the policy has too many.
  [[nodiscard]] base::Result<json::Value> add_operand(const json::Value& operand);
  // Where operands may be made in place; what is made is counted by take().
  [[nodiscard]] json::Document& document() noexcept { return document_; }

  // Counts what is about to be made. PolicyInvalid without a place when the policy has too many.
  [[nodiscard]] base::Status take(std::size_t parts);

  // Compiles one regular expression of the policy. Errors as Regex::compile.
  [[nodiscard]] base::Result<Regex> add_regex(std::string_view pattern);
  // The bundle's budget instead of the store's own; it must outlive compiling.
  void share(RegexBudget& budget) noexcept { shared_ = &budget; }

 private:
  json::Document document_ = json::Document::small();
  std::size_t parts_left_ = kMaxConditionParts;
  RegexBudget own_;
  RegexBudget* shared_ = nullptr;
};

}  // namespace guardian::policy
