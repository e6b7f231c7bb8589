// Where allows are counted: the seam between a request and the store, made so that a store that has to ask elsewhere
// lets the request wait without holding a thread.
#pragma once

#include <span>
#include <string>

#include "guardian/limits/charge.h"

namespace guardian::limits {

// Who waits for a store's answer.
class Waiter {
 public:
  Waiter() = default;
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  virtual ~Waiter() = default;
  // The verdicts are there. Called once, on a thread of the store's; must neither block nor throw.
  virtual void charged() noexcept = 0;
};

// Any thread may call.
class Store {
 public:
  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  virtual ~Store() = default;

  // Judges the charges in order, each as if those before it had come one by one, and writes a verdict for each;
  // `verdicts` is as long as `charges`. True: done, the waiter is not used. False: the waiter is told within 50 ms, and
  // until then charges, verdicts, waiter and all that the charges' views point to must stay as they are.
  [[nodiscard]] virtual bool charge(std::span<const Charge> charges, std::span<Verdict> verdicts, Waiter& waiter) = 0;

  // What is wrong with the counting, for health; empty when nothing is.
  [[nodiscard]] virtual std::string problem() const = 0;
};

}  // namespace guardian::limits
