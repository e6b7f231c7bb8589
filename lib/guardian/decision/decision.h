// What a decision is (policy.md section 6) and how a mode tells it to the caller.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

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

// What enforce mode reaches. Views live as long as the Engine that decided (or are static).
struct Decision {
  bool allow = false;
  std::optional<std::string_view> policy;
  std::optional<std::string_view> rule;
  std::optional<std::string_view> reason;
  std::optional<std::string_view> approval_id;
  bool requires_approval = false;
  policy::Alert alert = policy::Alert::None;
  std::vector<DryRun> dry_run;

  // True when the caller is told `allow`: always in audit mode.
  [[nodiscard]] bool told_allow(Mode mode) const noexcept { return allow || mode == Mode::Audit; }
  // True when audit mode lets this denial pass (`wouldDeny`).
  [[nodiscard]] bool would_deny(Mode mode) const noexcept { return !allow && mode == Mode::Audit; }
};

inline constexpr std::string_view kDefaultRule = "default";
inline constexpr std::string_view kCeilingRule = "ceiling";

inline constexpr std::string_view kReasonNoBundle = "No policy bundle is loaded";
inline constexpr std::string_view kReasonExpired = "Policy bundle has expired";
inline constexpr std::string_view kReasonUnknownAgent = "Unknown agent";
inline constexpr std::string_view kReasonAgentRevoked = "Agent revoked";
inline constexpr std::string_view kReasonNoPolicy = "No policy applies to this agent";
inline constexpr std::string_view kReasonNoRule = "No rule allows this action";
inline constexpr std::string_view kReasonApprovalRequired = "Approval required";

// A denial by nobody in particular: policy and rule null. `reason` must be static.
[[nodiscard]] Decision deny_without_policy(std::string_view reason);

}  // namespace guardian::decision
