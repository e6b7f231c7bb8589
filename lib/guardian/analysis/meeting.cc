#include "guardian/analysis/meeting.h"

#include <algorithm>
#include <vector>

#include "guardian/analysis/glob_algebra.h"
#include "guardian/analysis/pattern_claims.h"
#include "guardian/analysis/samples.h"

namespace guardian::analysis {

namespace {

using json::Value;
using Texts = std::vector<std::string>;

// More patterns than these of one list are not searched for an example.
constexpr std::size_t kMaxPatterns = 16;

Texts texts_of(std::span<const policy::Glob> globs) {
  Texts texts;
  for (const auto& glob : globs.first(std::min(globs.size(), kMaxPatterns))) texts.push_back(glob.pattern());
  return texts;
}

void add_common(const Texts& some, const Texts& others, Texts& into) {
  for (const auto& one : some) {
    for (const auto& other : others) {
      if (auto text = common_text(one, other)) into.push_back(*std::move(text));
    }
  }
}

// Texts that match what is asked two by two; some of them may match all.
Texts candidates(const Claims& claims, const Domain& domain) {
  std::vector<Texts> lists{texts_of(domain.patterns), texts_of(domain.more_patterns)};
  for (const Claim& claim : claims) {
    auto patterns = is_affirmed(claim) ? glob_patterns_of(*claim.test) : std::nullopt;
    if (!patterns) continue;
    if (patterns->size() > kMaxPatterns) patterns->resize(kMaxPatterns);
    lists.push_back(*std::move(patterns));
  }
  Texts texts;
  for (std::size_t i = 0; i < lists.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) add_common(lists[i], lists[j], texts);
  }
  return texts;
}

bool suits(const Claims& claims, const Domain& domain, std::string_view text) {
  return admits(domain, text) && all_true_of(claims, Value::text(text));
}

std::optional<std::string> find_text(const Claims& claims, const Domain& domain) {
  for (const auto& text : candidates(claims, domain)) {
    if (suits(claims, domain, text)) return text;
  }
  Samples samples(claims, domain);
  for (const Value& text : samples.texts()) {
    if (suits(claims, domain, text.as_text())) return std::string(text.as_text());
  }
  return std::nullopt;
}

Claims about(const Claims& claims, policy::Root root) {
  Claims found;
  std::ranges::copy_if(claims, std::back_inserter(found),
                       [root](const Claim& claim) { return claim.test->attribute.root == root; });
  return found;
}

std::optional<std::string> action_for(const Claims& claims, const Surroundings& around, const std::string& plain) {
  const Claims asked = about(claims, policy::Root::Action);
  return asked.empty() ? plain : find_text(asked, domain_of(asked.front().test->attribute, around));
}

bool has_resource(const Claims& claims, const Surroundings& around) {
  const Claims asked = about(claims, policy::Root::Resource);
  if (asked.empty()) return true;
  const Domain domain = domain_of(asked.front().test->attribute, around);
  return (domain.absent && all_true_of(asked, Value())) || find_text(asked, domain).has_value();
}

}  // namespace

Surroundings around_both(const policy::CompiledRule& a, const policy::CompiledRule& b,
                         std::span<const policy::Tier> tiers) {
  Surroundings around{tiers, a.actions, a.resources};
  around.more_actions = b.actions;
  around.more_resources = b.resources;
  return around;
}

Alternatives both_hold(const policy::CompiledRule& a, const policy::CompiledRule& b) {
  return both(alternatives_of(a.condition, leaning_of(a.effect), true),
              alternatives_of(b.condition, leaning_of(b.effect), true));
}

std::optional<std::string> common_request(const Alternatives& both_conditions, const Surroundings& around,
                                          const std::string& plain) {
  for (const Claims& claims : both_conditions.list) {
    if (impossible(claims, around, {})) continue;
    auto action = action_for(claims, around, plain);
    if (action && has_resource(claims, around)) return action;
  }
  return std::nullopt;
}

}  // namespace guardian::analysis
