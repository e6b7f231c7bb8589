#include "guardian/bundle/diff.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>

#include "guardian/base/check.h"
#include "guardian/bundle/diff_rules.h"

namespace guardian::bundle {

namespace {

using json::Value;

struct Entry {
  std::string name;
  Value value;
};
using Entries = std::vector<Entry>;

struct Pair {
  std::size_t before = 0;
  std::size_t after = 0;
};

// What both have by name, beside the changes themselves.
struct Comparison {
  Changes changes;
  std::vector<Pair> changed;  // positions of what has other content
  bool same_order = true;     // of what is in both
};

// A name that comes twice counts once: of the lists compared only revocations may hold one.
Comparison compare(const Entries& before, const Entries& after) {
  std::unordered_map<std::string_view, std::size_t> old;
  for (std::size_t i = 0; i < before.size(); ++i) old.try_emplace(before[i].name, i);
  std::unordered_set<std::string_view> seen;
  Comparison result;
  std::size_t furthest = 0;
  for (std::size_t i = 0; i < after.size(); ++i) {
    if (!seen.insert(after[i].name).second) continue;
    const auto found = old.find(after[i].name);
    if (found == old.end()) {
      result.changes.added.push_back(after[i].name);
      continue;
    }
    result.same_order = result.same_order && found->second >= furthest;
    furthest = std::max(furthest, found->second);
    if (json::equal(before[found->second].value, after[i].value)) continue;
    result.changes.changed.push_back(after[i].name);
    result.changed.push_back({found->second, i});
  }
  for (const Entry& entry : before) {
    if (seen.insert(entry.name).second) result.changes.removed.push_back(entry.name);
  }
  return result;
}

std::span<const Value> list_of(const Payload& payload, std::string_view member) {
  const Value* const list = payload.document.root().find(member);
  return list == nullptr ? std::span<const Value>() : list->as_list();
}

// The entries of a list of the payload, named by what was read from them.
template <typename Records, typename NameOf>
Entries named(const Payload& payload, std::string_view member, const Records& records, NameOf name_of) {
  const auto values = list_of(payload, member);
  GUARDIAN_ASSERT(values.size() == records.size());
  Entries entries;
  entries.reserve(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) entries.push_back({std::string(name_of(records[i])), values[i]});
  return entries;
}

Entries policies_of(const Payload& payload) {
  return named(payload, "policies", payload.policies, [](const policy::Policy& one) { return one.name(); });
}

// A key is known by its kid where no other of its owner has the same, else by its thumbprint, and is that thumbprint.
void add_keys(Entries& entries, const std::string& owner, const std::vector<crypto::PublicKey>& keys) {
  std::unordered_map<std::string_view, std::size_t> owners_of_kid;
  for (const crypto::PublicKey& key : keys) {
    if (key.kid()) ++owners_of_kid[*key.kid()];
  }
  for (const crypto::PublicKey& key : keys) {
    const std::string& known_by = key.kid() && owners_of_kid[*key.kid()] == 1 ? *key.kid() : key.thumbprint();
    entries.push_back({owner + ": " + known_by, Value::text(key.thumbprint())});
  }
}

Entries keys_of(const Payload& payload) {
  Entries entries;
  for (const AgentRecord& agent : payload.agents) {
    if (!agent.public_keys.empty()) add_keys(entries, "agent " + std::string(agent.view.id), agent.public_keys);
  }
  for (const Issuer& issuer : payload.issuers) add_keys(entries, "issuer " + std::string(issuer.issuer), issuer.keys);
  return entries;
}

Entries revocations_of(const Payload& payload) {
  Entries entries;
  const auto add = [&](std::string_view kind, const std::vector<std::string_view>& ids) {
    for (const std::string_view id : ids) entries.push_back({std::string(kind).append(id), Value()});
  };
  add("agent ", payload.revocations.agents);
  add("token ", payload.revocations.tokens);
  add("key ", payload.revocations.keys);
  return entries;
}

// What no other part of the difference speaks of.
Entries members_of(const Payload& payload) {
  static constexpr std::array<std::string_view, 9> kElsewhere = {
      "schema", "version", "timestamp", "trustTiers", "agents", "issuers", "revocations", "approvals", "policies"};
  Entries entries;
  for (const json::Member& member : payload.document.root().as_object()) {
    if (std::ranges::find(kElsewhere, member.key) == kElsewhere.end()) {
      entries.push_back({std::string(member.key), member.value});
    }
  }
  return entries;
}

// The entries of both bundles of one kind; nothing of a bundle that is not there.
template <typename EntriesOf>
Comparison compare_kind(const Payload* before, const Payload& after, EntriesOf entries_of) {
  return compare(before == nullptr ? Entries() : entries_of(*before), entries_of(after));
}

std::vector<std::string> changed_members(const Payload* before, const Payload& after, bool same_order) {
  Changes changes = compare_kind(before, after, members_of).changes;
  std::vector<std::string> names = std::move(changes.added);
  names.insert(names.end(), changes.changed.begin(), changes.changed.end());
  names.insert(names.end(), changes.removed.begin(), changes.removed.end());
  if (!same_order) names.emplace_back("policies");
  return names;
}

// The rules of all policies but those that are equal in both, which need no look.
Changes changed_rules(const Payload* before, const Payload& after, const Comparison& policies) {
  RuleComparison rules;
  std::unordered_map<std::size_t, std::size_t> before_of;
  for (const Pair& pair : policies.changed) before_of.emplace(pair.after, pair.before);
  const std::unordered_set<std::string_view> added(policies.changes.added.begin(), policies.changes.added.end());
  const auto after_values = list_of(after, "policies");
  const auto before_values = before == nullptr ? std::span<const Value>() : list_of(*before, "policies");
  for (std::size_t i = 0; i < after_values.size(); ++i) {
    const policy::Policy& now = after.policies[i];
    if (const auto pair = before_of.find(i); pair != before_of.end()) {
      rules.compare(rules_of(before->policies[pair->second], before_values[pair->second]),
                    rules_of(now, after_values[i]));
    } else if (added.contains(now.name())) {
      rules.compare({}, rules_of(now, after_values[i]));
    }
  }
  const std::unordered_set<std::string_view> removed(policies.changes.removed.begin(), policies.changes.removed.end());
  for (std::size_t i = 0; i < before_values.size(); ++i) {
    const policy::Policy& then = before->policies[i];
    if (removed.contains(then.name())) rules.compare(rules_of(then, before_values[i]), {});
  }
  return std::move(rules).take();
}

constexpr std::array<ChangeKind, 8> kKinds = {{
    {"policies", "policy", &BundleChanges::policies},
    {"rules", "rule", &BundleChanges::rules},
    {"agents", "agent", &BundleChanges::agents},
    {"trustTiers", "trust tier", &BundleChanges::trust_tiers},
    {"keys", "key of", &BundleChanges::keys},
    {"issuers", "issuer", &BundleChanges::issuers},
    {"approvals", "approval", &BundleChanges::approvals},
    {"revocations", "revocation of", &BundleChanges::revocations},
}};

void write_names(json::Writer& out, std::string_view member, const std::vector<std::string>& names) {
  out.key(member).begin_list();
  for (const std::string& name : names) out.text(name);
  out.end_list();
}

std::vector<std::string> read_names(const json::Value& object, std::string_view member) {
  std::vector<std::string> names;
  const json::Value* const list = object.find(member);
  if (list == nullptr || !list->is_list()) return names;
  for (const json::Value& name : list->as_list()) {
    if (name.is_text()) names.emplace_back(name.as_text());
  }
  return names;
}

}  // namespace

BundleChanges diff(const Payload* before, const Payload& after) {
  const Comparison policies = compare_kind(before, after, policies_of);
  BundleChanges changes;
  changes.rules = changed_rules(before, after, policies);
  changes.agents = compare_kind(before, after, [](const Payload& payload) {
                     return named(payload, "agents", payload.agents, [](const auto& one) { return one.view.id; });
                   }).changes;
  changes.trust_tiers = compare_kind(before, after, [](const Payload& payload) {
                          return named(payload, "trustTiers", payload.tiers, [](const auto& one) { return one.name; });
                        }).changes;
  changes.keys = compare_kind(before, after, keys_of).changes;
  changes.issuers = compare_kind(before, after, [](const Payload& payload) {
                      return named(payload, "issuers", payload.issuers, [](const auto& one) { return one.issuer; });
                    }).changes;
  changes.approvals = compare_kind(before, after, [](const Payload& payload) {
                        return named(payload, "approvals", payload.approvals, [](const auto& one) { return one.id; });
                      }).changes;
  changes.revocations = compare_kind(before, after, revocations_of).changes;
  changes.members = changed_members(before, after, policies.same_order);
  changes.policies = policies.changes;
  return changes;
}

bool BundleChanges::empty() const noexcept {
  return members.empty() &&
         std::ranges::all_of(kKinds, [this](const ChangeKind& kind) { return (this->*kind.changes).empty(); });
}

std::span<const ChangeKind> change_kinds() noexcept { return kKinds; }

void write_change_members(json::Writer& out, const BundleChanges& changes) {
  for (const ChangeKind& kind : kKinds) {
    const Changes& one = changes.*kind.changes;
    out.key(kind.member).begin_object();
    write_names(out, "added", one.added);
    write_names(out, "removed", one.removed);
    write_names(out, "changed", one.changed);
    out.end_object();
  }
  write_names(out, "members", changes.members);
}

BundleChanges read_change_members(const json::Value& object) {
  BundleChanges changes;
  for (const ChangeKind& kind : kKinds) {
    const json::Value* const names = object.find(kind.member);
    if (names == nullptr || !names->is_object()) continue;
    Changes& one = changes.*kind.changes;
    one = {read_names(*names, "added"), read_names(*names, "removed"), read_names(*names, "changed")};
  }
  changes.members = read_names(object, "members");
  return changes;
}

void write_changes(json::Writer& out, const BundleChanges& changes) {
  out.begin_object();
  write_change_members(out, changes);
  out.end_object();
}

}  // namespace guardian::bundle
