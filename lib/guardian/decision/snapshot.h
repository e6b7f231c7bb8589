// The one thing that is enforced: a verified bundle with its engine, and the place where the current one is swapped.
#pragma once

#include <memory>

#include "guardian/base/mutex.h"
#include "guardian/bundle/verify.h"
#include "guardian/decision/engine.h"

namespace guardian::decision {

// Immutable; shared by pointer between the requests in flight. Only a VerifiedBundle makes one.
class Snapshot {
 public:
  explicit Snapshot(std::shared_ptr<const bundle::VerifiedBundle> bundle);

  [[nodiscard]] const bundle::VerifiedBundle& bundle() const noexcept { return *bundle_; }
  [[nodiscard]] const Engine& engine() const noexcept { return engine_; }

 private:
  std::shared_ptr<const bundle::VerifiedBundle> bundle_;
  Engine engine_;
};

// The active snapshot. A reader copies the pointer and keeps its snapshot to the end of its request, whatever is
// activated meanwhile; activation swaps the pointer and cannot fail. The lock is held for that copy only.
class ActiveSnapshot {
 public:
  // nullptr until the first activation.
  [[nodiscard]] std::shared_ptr<const Snapshot> get() const;
  void activate(std::shared_ptr<const Snapshot> next);

 private:
  mutable base::Mutex mutex_;
  std::shared_ptr<const Snapshot> current_ GUARDIAN_GUARDED_BY(mutex_);
};

}  // namespace guardian::decision
