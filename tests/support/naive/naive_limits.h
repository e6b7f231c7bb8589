// Rate limits of policy.md section 5 for the oracle: every allowed time is kept, and every interval is counted anew.
// One thread.
//
// Intervals are half-open: two allows exactly one interval apart do not stand in one interval of that length. Section 5
// lets a store refuse until 1 % of the interval after the earliest moment at which it must not; between the two the
// oracle has no opinion, and the caller records what the store did.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "guardian/json/value.h"

namespace guardian::testing {

struct NaiveLimit {
  std::uint32_t most = 0;
  std::chrono::seconds interval{};
  friend bool operator==(const NaiveLimit&, const NaiveLimit&) = default;
};

// What one allow counts for.
struct NaiveCount {
  std::string policy;
  std::string rule;                // empty: the policy's own
  std::string agent;               // empty: the one that all unknown agents share
  std::vector<NaiveLimit> limits;  // shortest interval first
  friend bool operator==(const NaiveCount&, const NaiveCount&) = default;
};

// The value of `rateLimit` or `rateLimits`.
[[nodiscard]] std::vector<NaiveLimit> read_limits(const json::Value& written);
// The limit of a rule, wherever it is written; empty when it has none.
[[nodiscard]] std::vector<NaiveLimit> limits_of_rule(const json::Value& rule);
[[nodiscard]] bool is_limit_key(std::string_view key);

class NaiveLimits {
 public:
  using Time = std::chrono::microseconds;  // since any start; never goes back

  enum class Demand { Admit, Refuse, Either };
  struct Judgement {
    Demand demand = Demand::Admit;
    // What a refusal may say, in milliseconds: the longest wait among the limits that refuse, rounded up.
    std::int64_t least_retry_ms = 0;
    std::int64_t most_retry_ms = 0;
  };

  // What the store has to do with an allow that counts for all of these.
  [[nodiscard]] Judgement judge(std::span<const NaiveCount> counts, Time now) const;
  // The store admitted it.
  void record(std::span<const NaiveCount> counts, Time now);

 private:
  using Key = std::tuple<std::string, std::string, std::string>;
  std::map<Key, std::vector<Time>> allowed_;
};

}  // namespace guardian::testing
