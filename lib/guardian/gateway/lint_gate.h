// Nothing is published that does not lint: what an editor would show red reaches no sidecar.
#pragma once

#include <string>
#include <vector>

#include "guardian/base/file_system.h"
#include "guardian/base/result.h"
#include "guardian/base/time.h"

namespace guardian::gateway {

inline constexpr std::size_t kMaxFindingsSaid = 10;

// The linter's warnings of the directory, a line each with its place. PolicyInvalid, with the first errors and how many
// there are, when it finds errors; InvalidInput for a directory without policies, which would deny everything.
[[nodiscard]] base::Result<std::vector<std::string>> lint_warnings(base::FileSystem& files,
                                                                   const std::string& directory, base::TimePoint now);

}  // namespace guardian::gateway
