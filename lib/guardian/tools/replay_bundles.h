// The bundle under which replay decides a recorded request again: one for all, or for each event the one that it was
// decided under, from the cache's history. One thread.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "guardian/bundle/cache.h"
#include "guardian/decision/engine.h"

namespace guardian::tools {

// An engine whose policies can be found by name.
class ReplayBundle {
 public:
  explicit ReplayBundle(std::shared_ptr<const decision::Engine> engine);

  [[nodiscard]] const decision::Engine& engine() const noexcept { return *engine_; }
  // What an allow by this policy and rule is counted against; nothing where they are not in this bundle or are not
  // limited. Its views live as long as this and the agent's id.
  [[nodiscard]] limits::Charge charge_of(std::string_view policy, std::string_view rule,
                                         std::string_view agent_id) const;

 private:
  std::shared_ptr<const decision::Engine> engine_;
  std::unordered_map<std::string_view, std::size_t> policies_;
};

class ReplayBundles {
 public:
  ReplayBundles() = default;
  ReplayBundles(const ReplayBundles&) = delete;
  ReplayBundles& operator=(const ReplayBundles&) = delete;
  virtual ~ReplayBundles() = default;

  // For an event that was decided under `version`; nullptr where that bundle is not to be had.
  [[nodiscard]] virtual std::shared_ptr<const ReplayBundle> of(std::string_view version) = 0;
};

// The same for every event.
class OneBundle final : public ReplayBundles {
 public:
  explicit OneBundle(std::shared_ptr<const decision::Engine> engine)
      : bundle_(std::make_shared<const ReplayBundle>(std::move(engine))) {}
  [[nodiscard]] std::shared_ptr<const ReplayBundle> of(std::string_view /*version*/) override { return bundle_; }

 private:
  std::shared_ptr<const ReplayBundle> bundle_;
};

// The current bundle of a cache and those of previous/, each verified when it is first asked for, under any root of the
// chain: it was in force once, which is all that is asked. Holds two at most.
class KeptBundles final : public ReplayBundles {
 public:
  // `cache` must outlive this.
  KeptBundles(const bundle::Cache& cache, bundle::TrustChain chain, std::size_t max_bytes)
      : cache_(cache), chain_(std::move(chain)), max_bytes_(max_bytes) {}
  [[nodiscard]] std::shared_ptr<const ReplayBundle> of(std::string_view version) override;

 private:
  [[nodiscard]] std::shared_ptr<const ReplayBundle> open(base::Result<bundle::SealedBundle> sealed,
                                                         std::string_view version) const;
  [[nodiscard]] std::shared_ptr<const ReplayBundle> load(std::string_view version) const;

  struct Known {
    std::string version;
    std::shared_ptr<const ReplayBundle> bundle;  // nullptr: not to be had
  };

  const bundle::Cache& cache_;
  bundle::TrustChain chain_;
  std::size_t max_bytes_;
  Known last_;
  Known before_last_;
};

}  // namespace guardian::tools
