// The explanation of one policy's outcome (policy.md section 8).
#pragma once

#include "guardian/json/writer.h"
#include "guardian/policy/compiled.h"
#include "guardian/policy/program.h"

namespace guardian::policy {

// Appends the policy's entry of `explain`; `outcome` is what evaluate said of the same input. Once `out` holds
// `max_bytes` only the deciding rule is still written, and the entry says `"truncated": true`.
void explain_policy(const CompiledPolicy& policy, const Outcome& outcome, const Input& input, std::size_t max_bytes,
                    json::Writer& out);

}  // namespace guardian::policy
