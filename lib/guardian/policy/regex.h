// RE2 behind a movable value: unanchored, case-sensitive unless the pattern says otherwise (policy.md section 3). The
// one pair of files that sees RE2. Immutable; any thread; linear in the text, memory bounded at compile.
#pragma once

#include <memory>
#include <string_view>

#include "guardian/base/result.h"

namespace re2 {
class RE2;
}

namespace guardian::policy {

class Regex {
 public:
  // PolicyInvalid (without a place) for a pattern that is malformed, over 1,024 bytes or too large once compiled.
  [[nodiscard]] static base::Result<Regex> compile(std::string_view pattern);
  Regex(Regex&&) noexcept;
  Regex& operator=(Regex&&) noexcept;
  ~Regex();

  // True when some part of `text` matches.
  [[nodiscard]] bool matches(std::string_view text) const noexcept;

 private:
  explicit Regex(std::unique_ptr<const re2::RE2> compiled);
  std::unique_ptr<const re2::RE2> compiled_;
};

}  // namespace guardian::policy
