// The same two questions as glob_algebra.h for path globs (`pathMatches`), segment by segment. Pure; any thread; cost
// at most the product of the pattern sizes.
#pragma once

#include "guardian/policy/path_glob.h"

namespace guardian::analysis {

// False only when no path matches both.
[[nodiscard]] bool path_globs_overlap(const policy::PathGlob& a, const policy::PathGlob& b);

// True only when every path that `inner` matches is matched by `outer`. Where `**` of `inner` would have to hold a
// certain number of segments the answer may be false although it is so.
[[nodiscard]] bool path_glob_contains(const policy::PathGlob& outer, const policy::PathGlob& inner);

}  // namespace guardian::analysis
