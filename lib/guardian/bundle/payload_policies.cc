#include <algorithm>

#include "guardian/base/text.h"
#include "guardian/bundle/payload_parts.h"

namespace guardian::bundle {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;
using json::Value;

constexpr std::size_t kMaxPolicyDepth = 32;  // policy.md section 1

std::size_t depth_of(const Value& value) {
  std::size_t deepest = 0;
  if (value.is_list()) {
    for (const Value& item : value.as_list()) deepest = std::max(deepest, depth_of(item));
    return deepest + 1;
  }
  if (value.is_object()) {
    for (const json::Member& member : value.as_object()) deepest = std::max(deepest, depth_of(member.value));
    return deepest + 1;
  }
  return 0;
}

// What a policy file would have been refused for while it was read; a policy inside a bundle is held to the same.
Status check_shape(const Value& value, const policy::Source& source) {
  if (const auto inexact = find_inexact_integer(value, "")) {
    std::string_view path = inexact->path;
    if (path.starts_with('.')) path.remove_prefix(1);
    return Error(ErrorCode::PolicyInvalid,
                 place_prefix(source, inexact->offset) + std::string(path) + ": integers beyond 2^53 are not exact");
  }
  if (depth_of(value) > kMaxPolicyDepth) {
    return Error(ErrorCode::PolicyInvalid, place_prefix(source, value.offset()) + "nested deeper than 32");
  }
  return {};
}

Result<policy::Policy> compile_policy(const Value& value, const policy::Source& source,
                                      const policy::CompileOptions& options) {
  GUARDIAN_TRY(check_shape(value, source));
  return policy::Policy::compile(value, source, options);
}

}  // namespace

Status read_policies(Elements elements, const PolicySources& sources, Payload& payload) {
  GUARDIAN_ASSERT(sources.empty() || sources.size() == elements.size());
  std::vector<policy::Tier> tiers;
  for (const TrustTier& tier : payload.tiers) tiers.push_back({tier.name, tier.rank});
  policy::RegexBudget regexes;
  const policy::CompileOptions options{payload.default_combining, tiers, &regexes};

  payload.policies.reserve(elements.size());
  std::unordered_map<std::string_view, std::size_t> names;  // of the policies, which stay where they are
  for (std::size_t index = 0; index < elements.size(); ++index) {
    GUARDIAN_ASSIGN(const Value value, elements.get(index));
    const std::string place = element("policies", index);
    const policy::Source source = sources.empty() ? policy::Source{place, {}} : sources[index];
    GUARDIAN_ASSIGN(policy::Policy compiled, compile_policy(value, source, options));
    const auto [earlier, is_new] = names.emplace(compiled.name(), index);
    if (!is_new) {
      const std::string other =
          sources.empty() ? element("policies", earlier->second) : std::string(sources[earlier->second].name);
      return Error(ErrorCode::SchemaInvalid, place_prefix(source, value.offset()) + "name: `" +
                                                 base::printable(compiled.name()) + "` is already used by " + other);
    }
    payload.policies.push_back(std::move(compiled));
  }
  return {};
}

}  // namespace guardian::bundle
