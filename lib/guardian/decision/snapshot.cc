#include "guardian/decision/snapshot.h"

#include <utility>

namespace guardian::decision {

// The engine's payload is owned through the bundle that holds it.
Snapshot::Snapshot(std::shared_ptr<const bundle::VerifiedBundle> bundle)
    : bundle_(std::move(bundle)), engine_(std::shared_ptr<const bundle::Payload>(bundle_, &bundle_->payload())) {}

std::shared_ptr<const Snapshot> ActiveSnapshot::get() const {
  const base::MutexLock lock(mutex_);
  return current_;
}

void ActiveSnapshot::activate(std::shared_ptr<const Snapshot> next) {
  {
    const base::MutexLock lock(mutex_);
    current_.swap(next);
  }
  // The last owner of a large bundle frees it here, outside the lock.
  next.reset();
}

}  // namespace guardian::decision
