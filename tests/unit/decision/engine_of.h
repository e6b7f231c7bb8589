// An engine of the usual tiers and agents with policies of a test's own, given as YAML.
#pragma once

#include <memory>
#include <string_view>

#include "guardian/decision/engine.h"

namespace guardian::testing {

// `policies` is a YAML list of policies; `approvals` a YAML list or empty. Agents: `agent_a` (verified, tag support),
// `agent_b` (untrusted) and the revoked `agent_gone`; tier untrusted has the ceiling `read:*`.
[[nodiscard]] std::shared_ptr<const decision::Engine> engine_of(std::string_view policies,
                                                                std::string_view approvals = "");

}  // namespace guardian::testing
