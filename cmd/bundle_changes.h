// What changed between two bundles, for people: sync and bundle diff.
#pragma once

#include <string>

#include "guardian/bundle/diff.h"

namespace guardian::cmd {

// A line for each change, `+`, `-` or `~` and what it is, coloured; empty when there is none. Rules of a policy that is
// itself added or removed are left out.
[[nodiscard]] std::string changes_text(const bundle::BundleChanges& changes);

}  // namespace guardian::cmd
