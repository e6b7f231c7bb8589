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

Decision deny_without_policy(std::string_view reason) {
  Decision decision;
  decision.reason = reason;
  return decision;
}

}  // namespace guardian::decision
