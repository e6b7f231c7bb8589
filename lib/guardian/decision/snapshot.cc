#include "guardian/decision/snapshot.h"

#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

#include "guardian/base/heap.h"

namespace guardian::decision {

// The engine's payload is owned through the bundle that holds it.
Snapshot::Snapshot(std::shared_ptr<const bundle::VerifiedBundle> bundle)
    : bundle_(std::move(bundle)), engine_(std::shared_ptr<const bundle::Payload>(bundle_, &bundle_->payload())) {}

// The snapshots that are not active any more: how many readers still hold, and those that came back. Shared by all
// pointers that were handed out, so that it outlives them.
class ActiveSnapshot::Retired {
 public:
  // What readers get in place of `snapshot`: the last of them to let go sends it here.
  [[nodiscard]] static std::shared_ptr<const Snapshot> lend(std::shared_ptr<Retired> self,
                                                            std::shared_ptr<const Snapshot> snapshot) {
    if (snapshot == nullptr) return nullptr;
    const Snapshot* const lent = snapshot.get();
    return {lent, [self = std::move(self), snapshot = std::move(snapshot)](const Snapshot*) mutable noexcept {
              self->take_back(std::move(snapshot));
            }};
  }

  void expect_back() {
    const std::lock_guard lock(mutex_);
    ++held_;
    // So that a reader need not ask for memory.
    returned_.reserve(returned_.size() + held_);
  }

  // Those that are back die here, without the lock.
  bool free_when_back(std::chrono::milliseconds patience, const std::stop_token& stop) {
    std::vector<std::shared_ptr<const Snapshot>> dead;
    std::unique_lock lock(mutex_);
    const bool all = back_.wait_for(lock, stop, patience, [this] { return held_ == 0; });
    dead.swap(returned_);
    returned_.reserve(held_);
    lock.unlock();
    if (!dead.empty()) {
      dead.clear();
      // Else the heap keeps most of a large bundle for a next one that has been made already, beside it.
      base::trim_heaps();
    }
    return all;
  }

 private:
  void take_back(std::shared_ptr<const Snapshot> snapshot) noexcept {
    const std::lock_guard lock(mutex_);
    --held_;
    returned_.push_back(std::move(snapshot));
    back_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable_any back_;
  std::size_t held_ = 0;
  std::vector<std::shared_ptr<const Snapshot>> returned_;
};

ActiveSnapshot::ActiveSnapshot() : retired_(std::make_shared<Retired>()) {}

ActiveSnapshot::~ActiveSnapshot() { activate(nullptr); }

std::shared_ptr<const Snapshot> ActiveSnapshot::get() const {
  const base::MutexLock lock(mutex_);
  return current_;
}

void ActiveSnapshot::activate(std::shared_ptr<const Snapshot> next) {
  std::shared_ptr<const Snapshot> handle = Retired::lend(retired_, std::move(next));
  {
    const base::MutexLock lock(mutex_);
    current_.swap(handle);
  }
  if (handle == nullptr) return;
  retired_->expect_back();
  handle.reset();
  retired_->free_when_back(std::chrono::milliseconds(0), {});
}

bool ActiveSnapshot::free_retired(std::chrono::milliseconds patience, const std::stop_token& stop) {
  return retired_->free_when_back(patience, stop);
}

}  // namespace guardian::decision
