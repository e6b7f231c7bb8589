// The explanation of one policy's outcome (policy.md section 8).
#pragma once

#include "guardian/json/writer.h"
#include "guardian/policy/compiled.h"
#include "guardian/policy/program.h"

namespace guardian::policy {

// Appends the policy's entry of `explain`; `outcome` is what evaluate said of the same input.
void explain_policy(const CompiledPolicy& policy, const Outcome& outcome, const Input& input, json::Writer& out);

}  // namespace guardian::policy
