// Charges a store and waits for the verdicts, as a request does.
#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <semaphore>
#include <span>
#include <thread>
#include <vector>

#include "guardian/limits/store.h"

namespace guardian::limits::test_charges {

class Signal final : public Waiter {
 public:
  void charged() noexcept override { told_.release(); }
  // False when nothing came in far longer than is promised.
  [[nodiscard]] bool wait() { return told_.try_acquire_for(std::chrono::seconds(30)); }

 private:
  std::binary_semaphore told_{0};
};

// No verdicts where none came.
[[nodiscard]] inline std::vector<Verdict> ask(Store& store, std::span<const Charge> charges) {
  std::vector<Verdict> verdicts(charges.size());
  Signal signal;
  if (!store.charge(charges, verdicts, signal) && !signal.wait()) return {};
  return verdicts;
}

[[nodiscard]] inline Verdict ask(Store& store, const Charge& charge) {
  const auto verdicts = ask(store, std::span(&charge, 1));
  REQUIRE(verdicts.size() == 1);
  return verdicts[0];
}

// Whether it holds before long: for what happens in the background.
template <typename Condition>
[[nodiscard]] bool soon(const Condition& condition) {
  for (int i = 0; i < 3'000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

}  // namespace guardian::limits::test_charges
