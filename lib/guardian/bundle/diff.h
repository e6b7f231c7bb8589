// What changed from one bundle to the next, for people: policies by name, agents by id. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "guardian/bundle/payload.h"

namespace guardian::bundle {

// Names in the order of the payload they stand in: `added` and `changed` of the later one, `removed` of the earlier.
struct Changes {
  std::vector<std::string> added;
  std::vector<std::string> removed;
  std::vector<std::string> changed;  // in both, with other content (RFC 8785 forms differ)
  [[nodiscard]] bool empty() const noexcept { return added.empty() && removed.empty() && changed.empty(); }
};

struct BundleChanges {
  Changes policies;
  Changes agents;
};

// `before` is nullptr where there was no bundle: everything is added.
[[nodiscard]] BundleChanges diff(const Payload* before, const Payload& after);

}  // namespace guardian::bundle
