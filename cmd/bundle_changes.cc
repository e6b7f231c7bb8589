#include "bundle_changes.h"

#include <string_view>
#include <unordered_set>
#include <vector>

#include "output.h"

namespace guardian::cmd {

namespace {

using Names = std::vector<std::string>;

// Neither `/` nor `#` can be in the name of a policy.
std::string_view policy_of(std::string_view rule) { return rule.substr(0, rule.find_first_of("/#")); }

Names without_rules_of(const Names& rules, const Names& policies) {
  const std::unordered_set<std::string_view> named(policies.begin(), policies.end());
  Names kept;
  for (const std::string& rule : rules) {
    if (!named.contains(policy_of(rule))) kept.push_back(rule);
  }
  return kept;
}

void append(std::string& text, std::string_view sign, Colour colour, std::string_view kind, const Names& names) {
  for (const std::string& name : names) {
    text += "  " + coloured(std::string(sign) + " " + std::string(kind) + " " + name, colour) + "\n";
  }
}

}  // namespace

std::string changes_text(const bundle::BundleChanges& changes) {
  std::string text;
  for (const bundle::ChangeKind& kind : bundle::change_kinds()) {
    bundle::Changes shown = changes.*kind.changes;
    if (kind.changes == &bundle::BundleChanges::rules) {
      shown.added = without_rules_of(shown.added, changes.policies.added);
      shown.removed = without_rules_of(shown.removed, changes.policies.removed);
    }
    append(text, "+", Colour::Green, kind.singular, shown.added);
    append(text, "-", Colour::Red, kind.singular, shown.removed);
    append(text, "~", Colour::Yellow, kind.singular, shown.changed);
  }
  for (const std::string& member : changes.members) {
    const std::string_view kind = member == "policies" ? "order of" : "member";
    append(text, "~", Colour::Yellow, kind, {member});
  }
  return text;
}

}  // namespace guardian::cmd
