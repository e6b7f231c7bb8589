// The oracle: the decision of policy.md section 6 by a tree walk over the raw payload, written from the specification
// alone and sharing no code with the policy and decision rooms. Slow and plain on purpose; it assumes a valid payload.
// Called by the tests that hold the engine against it. Pure apart from the time-zone database; any thread.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "guardian/base/time.h"
#include "guardian/json/value.h"
#include "guardian/policy/types.h"

namespace guardian::testing {

struct NaiveAnswer {
  bool allow = false;
  std::optional<std::string> policy;
  std::optional<std::string> rule;
  std::optional<std::string> reason;
  std::optional<std::string> approval_id;
  bool requires_approval = false;
  std::vector<std::tuple<std::string, std::string, bool>> dry_run;  // policy, rule, allow

  friend bool operator==(const NaiveAnswer&, const NaiveAnswer&) = default;
};

// What single tests came to, by operator: shows that generated cases reach every operator in every way.
struct NaiveStatistics {
  struct Counts {
    std::size_t holds = 0;
    std::size_t fails = 0;
    std::size_t absent = 0;
    std::size_t undecided = 0;
  };
  std::map<std::string, Counts, std::less<>> tests;
};

struct NaiveOptions {
  NaiveStatistics* statistics = nullptr;  // counted into when given
  // False breaks the table of section 4 on purpose: what cannot be decided counts as false everywhere.
  bool undecided_counts = true;
};

// Steps 1 to 4 of section 6 as enforce mode decides. `payload` is the object of bundle.md section 2.
[[nodiscard]] NaiveAnswer naive_decide(const json::Value& payload, std::string_view agent_id,
                                       const policy::Request& request, base::TimePoint now,
                                       const NaiveOptions& options = {});

// The answer on one line, for the message of a failing comparison.
[[nodiscard]] std::string to_string(const NaiveAnswer& answer);

}  // namespace guardian::testing
