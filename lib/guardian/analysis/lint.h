// The linter behind `guardian policy lint`: what is wrong with policies, and what is allowed but hardly meant. Policies
// are judged one by one (rules are compared within a policy only), so that the cost is the sum over the policies; see
// kMaxReachSteps and kMaxComparedEntries for the caps on one. Nothing here changes or decides anything.
#pragma once

#include <string>
#include <vector>

#include "guardian/analysis/finding.h"
#include "guardian/base/file_system.h"
#include "guardian/base/result.h"
#include "guardian/base/time.h"

namespace guardian::analysis {

// Each path is a policy file (.yaml, .yml, .json), a directory of policy files, or a directory as `bundle build` takes
// it (policies/, agents.yaml, tiers.yaml, bundle.yaml). Policies are judged by the tiers, agents and defaults of the
// directory above their `policies`; elsewhere by the four tiers that a directory without tiers.yaml has. All files are
// read, whatever is wrong with the others; a file with errors gets no warnings.
//
// An error only for what cannot be read: NotFound, InvalidInput for a directory without policies, TooLarge, Io. `now`
// is the time of a bundle that would be built.
[[nodiscard]] base::Result<Report> lint(base::FileSystem& files, const std::vector<std::string>& paths,
                                        base::TimePoint now);

}  // namespace guardian::analysis
