// What a set of questions has exercised of a bundle's policies: the enabled ones, dry-run policies among them. For
// `guardian eval --tests --coverage`. One thread; the engine must outlive it.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "guardian/base/time.h"
#include "guardian/decision/engine.h"
#include "guardian/policy/coverage.h"

namespace guardian::decision {

// Of `total`, `reached` were exercised.
struct Share {
  std::size_t reached = 0;
  std::size_t total = 0;
  // 100 of nothing: there is nothing that no test exercised.
  [[nodiscard]] double percent() const noexcept;
};

class Coverage {
 public:
  explicit Coverage(const Engine& engine);

  // One more question. Only policies that the decision asks take part: those that apply to an agent whom no earlier
  // step denies.
  void count(const Question& question, base::TimePoint now);

  // In bundle order.
  [[nodiscard]] const std::vector<policy::PolicyCoverage>& policies() const noexcept { return policies_; }
  // Rules that matched in some test, of all rules.
  [[nodiscard]] Share rules() const noexcept;
  // Outcomes that single tests have had, of all that they can have.
  [[nodiscard]] Share outcomes() const noexcept;

 private:
  const Engine& engine_;
  std::vector<policy::PolicyCoverage> policies_;
  std::vector<std::size_t> index_of_policy_;  // from Payload::policies to policies_, kDisabled where not there
};

}  // namespace guardian::decision
