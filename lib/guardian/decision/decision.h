// What a decision is (policy.md section 6) and how a mode tells it to the caller.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/limits/charge.h"
#include "guardian/policy/types.h"

namespace guardian::decision {

enum class Mode : std::uint8_t { Enforce, Audit };
[[nodiscard]] std::string_view to_string(Mode mode) noexcept;  // `enforce`, `audit`
[[nodiscard]] std::optional<Mode> parse_mode(std::string_view text) noexcept;

// A dry-run policy whose own outcome differs from what enforce mode reached.
struct DryRun {
  std::string_view policy;
  std::string_view rule;
  bool allow = false;
};

// What enforce mode reaches. Views live as long as the Engine that decided and the question (or are static).
struct Decision {
  bool allow = false;
  std::optional<std::string_view> policy;
  std::optional<std::string_view> rule;
  std::optional<std::string_view> reason;
  std::optional<std::string_view> approval_id;
  bool requires_approval = false;
  policy::Alert alert = policy::Alert::None;
  std::vector<DryRun> dry_run;

  // Step 6 of the decision is the caller's: where this is not empty the allow holds only once a limits::Store has
  // admitted it, which `apply` is told.
  limits::Charge charge;
  std::optional<std::int64_t> retry_after_ms;  // of a denial by a rate limit

  // True when the caller is told `allow`: always in audit mode.
  [[nodiscard]] bool told_allow(Mode mode) const noexcept { return allow || mode == Mode::Audit; }
  // True when audit mode lets this denial pass (`wouldDeny`).
  [[nodiscard]] bool would_deny(Mode mode) const noexcept { return !allow && mode == Mode::Audit; }

  std::shared_ptr<const std::string> made_reason;  // owns a `reason` that had to be put together
  std::vector<DryRun> dry_run_if_limited;          // what dry_run becomes should the charge be refused
};

// The end of a decision with a charge (policy.md section 5): one that the store did not admit becomes a denial with the
// same policy and rule.
void apply(const limits::Verdict& verdict, Decision& decision);

inline constexpr std::string_view kDefaultRule = "default";
inline constexpr std::string_view kCeilingRule = "ceiling";
inline constexpr std::string_view kDelegationRule = "delegation";

inline constexpr std::string_view kReasonNoBundle = "No policy bundle is loaded";
inline constexpr std::string_view kReasonExpired = "Policy bundle has expired";
inline constexpr std::string_view kReasonTooOld = "Policy bundle is too old";
inline constexpr std::string_view kReasonUnknownAgent = "Unknown agent";
inline constexpr std::string_view kReasonAgentRevoked = "Agent revoked";
inline constexpr std::string_view kReasonNoPolicy = "No policy applies to this agent";
inline constexpr std::string_view kReasonNoRule = "No rule allows this action";
inline constexpr std::string_view kReasonApprovalRequired = "Approval required";
inline constexpr std::string_view kReasonRateLimit = "Rate limit exceeded";
inline constexpr std::string_view kReasonLimitStoreFull = "Rate limit store is full";
inline constexpr std::string_view kReasonDelegationCeiling = "Action exceeds the delegation ceiling";

// A denial by nobody in particular: policy and rule null. `reason` must be static.
[[nodiscard]] Decision deny_without_policy(std::string_view reason);

}  // namespace guardian::decision
