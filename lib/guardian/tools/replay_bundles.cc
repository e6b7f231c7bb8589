#include "guardian/tools/replay_bundles.h"

#include <utility>

#include "guardian/decision/snapshot.h"

namespace guardian::tools {

ReplayBundle::ReplayBundle(std::shared_ptr<const decision::Engine> engine) : engine_(std::move(engine)) {
  const auto& policies = engine_->payload().policies;
  for (std::size_t i = 0; i < policies.size(); ++i) policies_.emplace(policies[i].name(), i);
}

limits::Charge ReplayBundle::charge_of(std::string_view policy, std::string_view rule,
                                       std::string_view agent_id) const {
  limits::Charge charge;
  const auto found = policies_.find(policy);
  if (found == policies_.end()) return charge;
  const policy::Policy& decided = engine_->payload().policies[found->second];
  const std::string_view agent = engine_->find_agent(agent_id) == nullptr ? std::string_view() : agent_id;
  const auto add = [&](std::string_view name, const policy::RateLimits& limits) {
    if (!limits.any()) return;
    const limits::Maxima maxima{limits.per_second, limits.per_minute, limits.per_hour, limits.per_day};
    charge.counters[charge.size++] = {decided.name(), name, agent, maxima};
  };
  for (std::size_t i = 0; i < decided.rule_count(); ++i) {
    if (decided.rule_id(i) != rule) continue;
    add(decided.rule_id(i), decided.rule_rate_limits(i));
    break;
  }
  add("", decided.rate_limits());
  return charge;
}

std::shared_ptr<const ReplayBundle> KeptBundles::of(std::string_view version) {
  if (last_.version == version) return last_.bundle;
  if (before_last_.version == version) {
    std::swap(last_, before_last_);
    return last_.bundle;
  }
  // Before the next is loaded, so that three are never held.
  before_last_ = std::move(last_);
  last_ = {std::string(version), load(version)};
  return last_.bundle;
}

std::shared_ptr<const ReplayBundle> KeptBundles::load(std::string_view version) const {
  const auto parsed = bundle::Version::parse(version);
  // The name of a file is made of it.
  if (!parsed.ok() || parsed->text() != version) return nullptr;
  if (auto bundle = open(cache_.load_previous(*parsed, max_bytes_), version)) return bundle;
  auto current = cache_.load_bundle(max_bytes_);
  if (!current.ok() || !current->has_value()) return nullptr;
  return open(std::move(**current), version);
}

std::shared_ptr<const ReplayBundle> KeptBundles::open(base::Result<bundle::SealedBundle> sealed,
                                                      std::string_view version) const {
  if (!sealed.ok()) return nullptr;
  const auto root = chain_.vouching(sealed->envelope(), chain_.anchor().version());
  if (!root.ok()) return nullptr;
  auto verified = bundle::verify(std::move(sealed).value(), **root, {bundle::Origin::Cached, {}, std::nullopt});
  if (!verified.ok() || (*verified)->payload().version.text() != version) return nullptr;
  const auto snapshot = std::make_shared<const decision::Snapshot>(std::move(verified).value());
  return std::make_shared<const ReplayBundle>(std::shared_ptr<const decision::Engine>(snapshot, &snapshot->engine()));
}

}  // namespace guardian::tools
