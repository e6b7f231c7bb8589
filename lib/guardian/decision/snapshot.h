// The one thing that is enforced: a verified bundle with its engine, and the place where the current one is swapped.
#pragma once

#include <chrono>
#include <memory>
#include <stop_token>

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
// activated meanwhile; activation swaps the pointer and cannot fail. The lock is held for that copy only. The last
// reader of an old snapshot does not free it: that takes long for a large bundle and would hold up its request. It
// gives it back, and the thread that activates frees it.
class ActiveSnapshot {
 public:
  ActiveSnapshot();
  ~ActiveSnapshot();
  ActiveSnapshot(const ActiveSnapshot&) = delete;
  ActiveSnapshot& operator=(const ActiveSnapshot&) = delete;

  // nullptr until the first activation. Any thread.
  [[nodiscard]] std::shared_ptr<const Snapshot> get() const;
  // Frees what was active before, unless a reader still holds it. One thread at a time, as for the next.
  void activate(std::shared_ptr<const Snapshot> next);
  // Frees the earlier snapshots once no reader holds them, waiting for readers as long as `patience` or until `stop`.
  // False when some are held even then: they are freed by a later call. Whoever calls this before making the next
  // snapshot has at most two of them alive. The calling thread must hold none itself.
  bool free_retired(std::chrono::milliseconds patience, const std::stop_token& stop = {});

 private:
  class Retired;

  std::shared_ptr<Retired> retired_;
  mutable base::Mutex mutex_;
  std::shared_ptr<const Snapshot> current_ GUARDIAN_GUARDED_BY(mutex_);
};

}  // namespace guardian::decision
