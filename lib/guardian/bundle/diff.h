// What changed from one bundle to the next, for people and programs: `sync`, `/admin/sync` and `bundle diff`. Says
// nothing about who signed either. Pure; any thread; n log n at most in what both bundles hold.
#pragma once

#include <string>
#include <vector>

#include "guardian/bundle/payload.h"
#include "guardian/json/writer.h"

namespace guardian::bundle {

// Names in the order of the payload they stand in: `added` and `changed` of the later one, `removed` of the earlier.
struct Changes {
  std::vector<std::string> added;
  std::vector<std::string> removed;
  std::vector<std::string> changed;  // in both, with other content (json::equal says no)
  [[nodiscard]] bool empty() const noexcept { return added.empty() && removed.empty() && changed.empty(); }
};

struct BundleChanges {
  Changes policies;     // by name
  Changes rules;        // `policy/id`; `policy#2` for the second rule where it has no id of its own
  Changes agents;       // by id
  Changes trust_tiers;  // by name
  Changes keys;         // `agent <id>: <key>`, `issuer <name>: <key>`, by kid or, without one, by thumbprint
  Changes issuers;      // by name
  Changes approvals;    // by id
  Changes revocations;  // `agent <id>`, `token <jti>`, `key <id>`; never changed
  // Other members of the payload with other content, but for `version` and `timestamp`; `policies` where those that
  // are in both stand in another order, which decides.
  std::vector<std::string> members;

  [[nodiscard]] bool empty() const noexcept;
};

// `before` is nullptr where there was no bundle: everything is added. Rules without an id are paired with equal ones
// first and then in order, so that one more in front is one added and not all changed.
[[nodiscard]] BundleChanges diff(const Payload* before, const Payload& after);

// The kinds by their JSON names, in the order of BundleChanges: `policies`, `rules`, `agents`, `trustTiers`, ...
struct ChangeKind {
  std::string_view member;    // of the JSON form
  std::string_view singular;  // for people: `policy`
  Changes BundleChanges::*changes;
};
[[nodiscard]] std::span<const ChangeKind> change_kinds() noexcept;

// `{"policies": {"added": [...], "removed": [...], "changed": [...]}, ..., "members": [...]}`: all kinds, empty or not.
void write_changes(json::Writer& out, const BundleChanges& changes);
// What write_change_members wrote into `object`; what is not there or of another form counts as no change.
[[nodiscard]] BundleChanges read_change_members(const json::Value& object);
// The same members inside an object that the caller has begun.
void write_change_members(json::Writer& out, const BundleChanges& changes);

}  // namespace guardian::bundle
