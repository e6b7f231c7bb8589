#include "guardian/bundle/diff.h"

#include <unordered_map>

#include "guardian/json/writer.h"

namespace guardian::bundle {

namespace {

struct Entry {
  std::string name;
  const json::Value* value = nullptr;
};

std::span<const json::Value> list_of(const Payload& payload, std::string_view member) {
  const json::Value* const list = payload.document.root().find(member);
  return list == nullptr ? std::span<const json::Value>() : list->as_list();
}

std::vector<Entry> policies_of(const Payload& payload) {
  const auto values = list_of(payload, "policies");
  GUARDIAN_ASSERT(values.size() == payload.policies.size());
  std::vector<Entry> entries;
  for (std::size_t i = 0; i < values.size(); ++i) {
    entries.push_back({std::string(payload.policies[i].name()), &values[i]});
  }
  return entries;
}

std::vector<Entry> agents_of(const Payload& payload) {
  const auto values = list_of(payload, "agents");
  GUARDIAN_ASSERT(values.size() == payload.agents.size());
  std::vector<Entry> entries;
  for (std::size_t i = 0; i < values.size(); ++i) {
    entries.push_back({std::string(payload.agents[i].view.id), &values[i]});
  }
  return entries;
}

Changes compare(const std::vector<Entry>& before, const std::vector<Entry>& after) {
  std::unordered_map<std::string_view, const json::Value*> gone;
  for (const Entry& entry : before) gone.emplace(entry.name, entry.value);
  Changes changes;
  for (const Entry& entry : after) {
    const auto old = gone.find(entry.name);
    if (old == gone.end()) {
      changes.added.push_back(entry.name);
      continue;
    }
    if (json::canonical(*old->second) != json::canonical(*entry.value)) changes.changed.push_back(entry.name);
    gone.erase(old);
  }
  for (const Entry& entry : before) {
    if (gone.contains(entry.name)) changes.removed.push_back(entry.name);
  }
  return changes;
}

}  // namespace

BundleChanges diff(const Payload* before, const Payload& after) {
  const std::vector<Entry> none;
  return {compare(before == nullptr ? none : policies_of(*before), policies_of(after)),
          compare(before == nullptr ? none : agents_of(*before), agents_of(after))};
}

}  // namespace guardian::bundle
