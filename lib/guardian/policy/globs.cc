#include "guardian/policy/globs.h"

#include <algorithm>
#include <cstddef>

#include "guardian/policy/fields.h"

namespace guardian::policy {

base::Result<Glob> compile_glob(const Scope& scope, const json::Value& value) {
  GUARDIAN_ASSIGN(const auto pattern, expect_text(scope, value));
  auto glob = Glob::compile(pattern);
  if (!glob.ok()) return scope.refuse(value.offset(), glob.error());
  return glob;
}

base::Result<std::vector<Glob>> compile_globs(const Scope& scope, const json::Value& list) {
  GUARDIAN_ASSIGN(const auto items, expect_list(scope, list));
  std::vector<Glob> globs;
  globs.reserve(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    GUARDIAN_ASSIGN(auto glob, compile_glob(scope.item(i), items[i]));
    globs.push_back(std::move(glob));
  }
  return globs;
}

bool any_matches(const std::vector<Glob>& globs, std::string_view text) noexcept {
  return std::ranges::any_of(globs, [&](const Glob& glob) { return glob.matches(text); });
}

}  // namespace guardian::policy
