// Paths and attributes of policy.md section 4 for the oracle. Pure apart from the time-zone database; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/base/time.h"
#include "guardian/json/document.h"
#include "guardian/policy/types.h"
#include "support/naive/naive.h"
#include "support/naive/trace.h"

namespace guardian::testing {

// All that a condition of one policy may look at.
struct Scene {
  const policy::Agent& agent;
  const policy::Request& request;
  base::TimePoint now;
  std::string_view timezone;
  bool allow_rule;         // the column of the table in section 4
  json::Document& memory;  // for values that are made up on the way
  const NaiveOptions& options;
  Trace* trace = nullptr;  // noted into when given
};

using Path = std::vector<std::string>;

// Reads `a.b.0["c"]` from `at` on and moves `at` past it.
[[nodiscard]] Path read_path(std::string_view text, std::size_t& at);
[[nodiscard]] Path parse_path(std::string_view text);

[[nodiscard]] bool is_root(std::string_view name);
// `tags` is agent.tags, any other single name that is no root a name of the context.
[[nodiscard]] Path with_root(Path path);

// A rooted path as explanations write it: `context` for `request`, the camelCase names of agent and time, brackets
// around what is no identifier and no index.
[[nodiscard]] std::string canonical_path(const Path& path);

// What a test looks at: a rooted path and its value, null where it is absent.
struct Subject {
  Path path;
  json::Value actual;
};
[[nodiscard]] Subject attribute(const Scene& scene, Path path);

}  // namespace guardian::testing
