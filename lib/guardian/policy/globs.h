// Lists of globs as fields of a policy: actions, resources, agentIds, tags.
#pragma once

#include <string_view>
#include <vector>

#include "guardian/base/result.h"
#include "guardian/json/value.h"
#include "guardian/policy/place.h"
#include "guardian/policy/program.h"

namespace guardian::policy {

// PolicyInvalid with its place when the value is no text, or a malformed pattern.
[[nodiscard]] base::Result<Glob> compile_glob(const Scope& scope, const json::Value& value);
// The same for a list of them.
[[nodiscard]] base::Result<std::vector<Glob>> compile_globs(const Scope& scope, const json::Value& list);

[[nodiscard]] bool any_matches(const std::vector<Glob>& globs, std::string_view text) noexcept;

}  // namespace guardian::policy
