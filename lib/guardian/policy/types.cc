#include "guardian/policy/types.h"

#include "guardian/base/check.h"

namespace guardian::policy {

std::string_view to_string(Effect effect) noexcept {
  switch (effect) {
    case Effect::Allow:
      return "allow";
    case Effect::Deny:
      return "deny";
    case Effect::RequireApproval:
      return "require-approval";
  }
  GUARDIAN_ASSERT(false);
}

std::string_view to_string(Combining combining) noexcept {
  switch (combining) {
    case Combining::DenyOverrides:
      return "deny-overrides";
    case Combining::FirstApplicable:
      return "first-applicable";
  }
  GUARDIAN_ASSERT(false);
}

std::string_view to_string(Enforcement enforcement) noexcept {
  switch (enforcement) {
    case Enforcement::Enforce:
      return "enforce";
    case Enforcement::DryRun:
      return "dry-run";
  }
  GUARDIAN_ASSERT(false);
}

std::string_view to_string(Alert alert) noexcept {
  switch (alert) {
    case Alert::None:
      return "";
    case Alert::Info:
      return "info";
    case Alert::Warning:
      return "warning";
    case Alert::Critical:
      return "critical";
  }
  GUARDIAN_ASSERT(false);
}

std::optional<Combining> parse_combining(std::string_view text) noexcept {
  for (const auto combining : {Combining::DenyOverrides, Combining::FirstApplicable}) {
    if (text == to_string(combining)) return combining;
  }
  return std::nullopt;
}

}  // namespace guardian::policy
