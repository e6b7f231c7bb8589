// Conditions of policy.md section 4 for the oracle: a map, a list or a text, evaluated where they stand with the
// negations above them handed down (De Morgan). Pure; any thread.
#pragma once

#include <string_view>

#include "guardian/json/value.h"
#include "support/naive/attributes.h"

namespace guardian::testing {

[[nodiscard]] bool condition_holds(const Scene& scene, const json::Value& condition, bool negated);

// A text expression.
[[nodiscard]] bool expression_holds(const Scene& scene, std::string_view text, bool negated);

// Members that must all hold; under a negation one that does not is enough.
class Together {
 public:
  enum class Kind { All, Any };
  Together(Kind kind, bool negated) : all_((kind == Kind::All) != negated), holds_(all_) {}

  void add(bool holds) { holds_ = all_ ? holds_ && holds : holds_ || holds; }
  [[nodiscard]] bool holds() const { return holds_; }

 private:
  bool all_;
  bool holds_;
};

}  // namespace guardian::testing
