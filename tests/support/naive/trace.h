// What an explanation has to tell of a condition (policy.md section 8), noted while the oracle evaluates it. One
// thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/json/value.h"

namespace guardian::testing {

struct FailedTest {
  std::string path;
  std::string operator_name;
  json::Value operand;
  json::Value actual;
};

struct UndecidedTest {
  std::string path;
  std::string operator_name;
  std::string_view why;  // `absent` or `type`

  friend bool operator==(const UndecidedTest&, const UndecidedTest&) = default;
};

struct Trace {
  std::vector<FailedTest> failed;  // in order, without those inside a combination that holds
  std::vector<UndecidedTest> undecided;
};

// Members that must all hold; under a negation one that does not is enough. What failed inside members that hold
// together did not keep the condition from holding and is struck from the trace.
class Together {
 public:
  enum class Kind { All, Any };
  Together(Trace* trace, Kind kind, bool negated)
      : trace_(trace), before_(trace == nullptr ? 0 : trace->failed.size()), all_((kind == Kind::All) != negated) {
    holds_ = all_;
  }

  void add(bool holds) { holds_ = all_ ? holds_ && holds : holds_ || holds; }
  // Asked once, after the last member.
  [[nodiscard]] bool holds() {
    if (trace_ != nullptr && holds_) trace_->failed.resize(before_);
    return holds_;
  }

 private:
  Trace* trace_;
  std::size_t before_;
  bool all_;
  bool holds_;
};

}  // namespace guardian::testing
