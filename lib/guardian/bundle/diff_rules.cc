#include "guardian/bundle/diff_rules.h"

#include <unordered_map>

#include "guardian/base/check.h"
#include "guardian/json/writer.h"

namespace guardian::bundle {

namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

// For each rule of `after` the one of `before` that it goes on, or kNone: by id, else the first of equal content that
// is left, else the next that is left.
class Pairing {
 public:
  Pairing(const std::vector<NamedRule>& before, const std::vector<NamedRule>& after)
      : before_(before), after_(after), partner_(after.size(), kNone), taken_(before.size(), false) {
    pair_ids();
    pair_equals();
    pair_in_order();
  }

  [[nodiscard]] std::size_t partner(std::size_t after) const noexcept { return partner_[after]; }
  [[nodiscard]] bool taken(std::size_t before) const noexcept { return taken_[before]; }

 private:
  void pair(std::size_t before, std::size_t after) {
    partner_[after] = before;
    taken_[before] = true;
  }

  void pair_ids() {
    std::unordered_map<std::string_view, std::size_t> places;
    for (std::size_t i = 0; i < before_.size(); ++i) {
      if (before_[i].has_id) places.emplace(before_[i].name, i);
    }
    for (std::size_t i = 0; i < after_.size(); ++i) {
      if (!after_[i].has_id) continue;
      if (const auto found = places.find(after_[i].name); found != places.end()) pair(found->second, i);
    }
  }

  void pair_equals() {
    // The last comes first, so that the first of several can be taken off the end.
    std::unordered_map<std::string, std::vector<std::size_t>> places;
    for (std::size_t i = before_.size(); i-- > 0;) {
      if (!before_[i].has_id) places[json::canonical(before_[i].value)].push_back(i);
    }
    for (std::size_t i = 0; i < after_.size(); ++i) {
      if (after_[i].has_id) continue;
      const auto found = places.find(json::canonical(after_[i].value));
      if (found == places.end() || found->second.empty()) continue;
      pair(found->second.back(), i);
      found->second.pop_back();
    }
  }

  void pair_in_order() {
    std::size_t next = 0;
    for (std::size_t i = 0; i < after_.size(); ++i) {
      if (after_[i].has_id || partner_[i] != kNone) continue;
      while (next < before_.size() && (before_[next].has_id || taken_[next])) ++next;
      if (next == before_.size()) return;
      pair(next, i);
    }
  }

  const std::vector<NamedRule>& before_;
  const std::vector<NamedRule>& after_;
  std::vector<std::size_t> partner_;
  std::vector<bool> taken_;
};

}  // namespace

std::vector<NamedRule> rules_of(const policy::Policy& policy, const json::Value& value) {
  // Where there is a wrapper its `spec` is the policy (policy.md section 1).
  const json::Value* const spec = value.find("spec");
  const json::Value* const rules = (spec == nullptr ? value : *spec).find("rules");
  GUARDIAN_ASSERT(rules != nullptr && rules->as_list().size() == policy.rule_count());
  const std::string name(policy.name());
  std::vector<NamedRule> named;
  named.reserve(policy.rule_count());
  for (const json::Value& rule : rules->as_list()) {
    const std::size_t index = named.size();
    const bool has_id = rule.find("id") != nullptr || rule.find("name") != nullptr;
    named.push_back({has_id ? name + "/" + std::string(policy.rule_id(index)) : name + "#" + std::to_string(index + 1),
                     has_id, rule});
  }
  return named;
}

void RuleComparison::compare(const std::vector<NamedRule>& before, const std::vector<NamedRule>& after) {
  const Pairing pairing(before, after);
  for (std::size_t i = 0; i < after.size(); ++i) {
    const std::size_t partner = pairing.partner(i);
    if (partner == kNone) {
      changes_.added.push_back(after[i].name);
    } else if (!json::equal(before[partner].value, after[i].value)) {
      changes_.changed.push_back(after[i].name);
    }
  }
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (!pairing.taken(i)) changes_.removed.push_back(before[i].name);
  }
}

}  // namespace guardian::bundle
