// What a figure of the bench is held against.
#pragma once

#include <cstdio>

namespace guardian::bench {

class Verdicts {
 public:
  // Prints the figure, its bound and PASS or FAIL.
  void at_most(const char* what, double figure, double bound, const char* unit) {
    const bool holds = figure <= bound;
    if (!holds) ++missed_;
    std::printf("%s  %-58s %8.2f %s, at most %.2f\n", holds ? "PASS" : "FAIL", what, figure, unit, bound);
    std::fflush(stdout);
  }
  [[nodiscard]] bool all_hold() const noexcept { return missed_ == 0; }

 private:
  int missed_ = 0;
};

}  // namespace guardian::bench
