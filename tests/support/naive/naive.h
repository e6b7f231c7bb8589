// The oracle: the decision of policy.md section 6 by a tree walk over the raw payload, written from the specification
// alone and sharing no code with the policy and decision rooms. Slow and plain on purpose; it assumes a valid payload.
// Called by the tests that hold the engine against it. Pure apart from the time-zone database; any thread.
//
// What it counts stands in naive_limits.h, what it explains in explanation.h. Where section 7 leaves room it reads:
// the delegation section of a dry-run policy is not applied (section 1: "never applied"), a denial by steps 5 and 6
// no longer names the approval that made the allow, and a delegator that is not in the bundle is unknown also where
// `unknownAgents` gives such agents a tier.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "guardian/base/time.h"
#include "guardian/json/value.h"
#include "guardian/policy/types.h"
#include "support/naive/naive_limits.h"

namespace guardian::testing {

// What is asked. The request's delegation depth and root are those of the chain, whatever it says itself.
struct NaiveQuestion {
  std::string_view agent_id;
  policy::Request request;
  std::span<const std::string_view> chain = {};  // root first, without the acting agent; empty: not delegated
};

struct NaiveAnswer {
  bool allow = false;
  std::optional<std::string> policy;
  std::optional<std::string> rule;
  std::optional<std::string> reason;
  std::optional<std::string> approval_id;
  bool requires_approval = false;
  std::vector<std::tuple<std::string, std::string, bool>> dry_run;  // policy, rule, allow
  std::vector<NaiveCount> counts;  // of an allow: what step 6 has to count, the rule's before the policy's

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
  // When not empty, what step 6 says: every allow that something counts is denied with this reason.
  std::string_view limited = {};
};

inline constexpr std::string_view kNaiveLimited = "Rate limit exceeded";
inline constexpr std::string_view kNaiveFull = "Rate limit store is full";

// Section 6 as enforce mode decides. `payload` is the object of bundle.md section 2.
[[nodiscard]] NaiveAnswer naive_decide(const json::Value& payload, const NaiveQuestion& question, base::TimePoint now,
                                       const NaiveOptions& options = {});

// The answer on one line, for the message of a failing comparison.
[[nodiscard]] std::string to_string(const NaiveAnswer& answer);

}  // namespace guardian::testing
