// Where decisions go to be recorded before they are answered: the store, or what stands in where there can be none.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <vector>

#include "guardian/audit/draft.h"

namespace guardian::audit {

// Any thread may call.
class Sink {
 public:
  // Called once, when the events are where AUDIT_DURABILITY wants them (true), or cannot be recorded (false). Must not
  // throw, and must not append.
  using Done = std::function<void(bool recorded)>;

  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;

  // The events of one call follow each other. `done` may be called before this returns, or by another thread.
  virtual void append(std::vector<Draft> events, Done done) = 0;
  // False: only the number of events counts, so that nobody needs to make them.
  [[nodiscard]] virtual bool records() const noexcept { return true; }
  // AUDIT_FULL=deny: what is not recorded is not allowed.
  [[nodiscard]] virtual bool denies_unrecorded() const noexcept = 0;
};

// Counts what cannot be recorded, where CACHE_DIR cannot be written and AUDIT_FULL=drop-oldest lets it be.
class NoStore final : public Sink {
 public:
  void append(std::vector<Draft> events, Done done) override {
    dropped_ += events.size();
    done(false);
  }
  [[nodiscard]] bool records() const noexcept override { return false; }
  [[nodiscard]] bool denies_unrecorded() const noexcept override { return false; }
  [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }

 private:
  std::atomic<std::uint64_t> dropped_{0};
};

}  // namespace guardian::audit
