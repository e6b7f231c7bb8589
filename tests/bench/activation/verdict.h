// What a figure of the bench is held against.
#pragma once

#include <cstdio>

namespace guardian::bench {

class Verdicts {
 public:
  // Prints the figure, its bound and PASS or FAIL.
  void at_most(const char* what, double figure, double bound, const char* unit) {
    print(figure <= bound, what, figure, unit, "at most", bound);
  }
  void at_least(const char* what, double figure, double bound, const char* unit) {
    print(figure >= bound, what, figure, unit, "at least", bound);
  }
  [[nodiscard]] bool all_hold() const noexcept { return missed_ == 0; }

 private:
  void print(bool holds, const char* what, double figure, const char* unit, const char* limit, double bound) {
    if (!holds) ++missed_;
    std::printf("%s  %-58s %8.2f %s, %s %.2f\n", holds ? "PASS" : "FAIL", what, figure, unit, limit, bound);
    std::fflush(stdout);
  }

  int missed_ = 0;
};

}  // namespace guardian::bench
