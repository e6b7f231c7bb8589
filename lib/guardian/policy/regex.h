// RE2 behind a movable value: unanchored, case-sensitive unless the pattern says otherwise (policy.md section 3). The
// one pair of files that sees RE2. Immutable; any thread, though threads that match one pattern may wait for each other
// while RE2 drops a full cache of states, at most as long as one text takes. Linear in the text, memory bounded at
// compile.
#pragma once

#include <memory>
#include <string_view>

#include "guardian/base/result.h"
#include "guardian/policy/program.h"

namespace guardian::policy {

class Regex {
 public:
  // A text that makes RE2 run out of memory for states is matched at the cost of its size times the instructions, and a
  // repeated class is many: `\pL` has 400, `.{400}` 3,200, `[\pL\pN]{1,64}` 86,000.
  static constexpr std::size_t kMaxInstructions = 100'000;
  // Of one pattern, however small.
  static constexpr std::size_t kOverhead = 200;

  // PolicyInvalid (without a place) for a pattern that is malformed, over 1,024 bytes, of more than kMaxInstructions
  // once compiled, or more than the budget still holds: what it takes from it are its instructions and kOverhead.
  [[nodiscard]] static base::Result<Regex> compile(std::string_view pattern, RegexBudget& budget);
  Regex(Regex&&) noexcept;
  Regex& operator=(Regex&&) noexcept;
  ~Regex();

  // True when some part of `text` matches.
  [[nodiscard]] bool matches(std::string_view text) const noexcept;

 private:
  struct Compiled;
  explicit Regex(std::unique_ptr<const Compiled> compiled);
  std::unique_ptr<const Compiled> compiled_;
};

}  // namespace guardian::policy
