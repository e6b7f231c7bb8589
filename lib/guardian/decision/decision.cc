#include "guardian/decision/decision.h"

#include "guardian/base/check.h"

namespace guardian::decision {

std::string_view to_string(Mode mode) noexcept {
  switch (mode) {
    case Mode::Enforce:
      return "enforce";
    case Mode::Audit:
      return "audit";
  }
  GUARDIAN_ASSERT(false);
}

std::optional<Mode> parse_mode(std::string_view text) noexcept {
  if (text == "enforce") return Mode::Enforce;
  if (text == "audit") return Mode::Audit;
  return std::nullopt;
}

void apply(const limits::Verdict& verdict, Decision& decision) {
  decision.charge.size = 0;
  switch (verdict.kind) {
    case limits::Verdict::Kind::Admitted:
      decision.dry_run_if_limited.clear();
      return;
    case limits::Verdict::Kind::Refused:
      decision.reason = kReasonRateLimit;
      decision.retry_after_ms = verdict.retry_after_ms;
      break;
    case limits::Verdict::Kind::Full:
      decision.reason = kReasonLimitStoreFull;
      break;
  }
  decision.allow = false;
  decision.approval_id.reset();
  decision.dry_run = std::move(decision.dry_run_if_limited);
  decision.dry_run_if_limited.clear();
}

Decision deny_without_policy(std::string_view reason) {
  Decision decision;
  decision.reason = reason;
  return decision;
}

}  // namespace guardian::decision
