// A policy document, plain or wrapped, into its compiled form (policy.md sections 1 and 2).
#pragma once

#include <memory>

#include "guardian/base/result.h"
#include "guardian/json/value.h"
#include "guardian/policy/compiled.h"

namespace guardian::policy {

// Errors as policy::Policy::compile says.
[[nodiscard]] base::Result<std::unique_ptr<const CompiledPolicy>> compile_policy(const json::Value& document,
                                                                                 const Source& source,
                                                                                 const CompileOptions& options);

}  // namespace guardian::policy
