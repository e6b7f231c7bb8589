#include "guardian/tools/interrupt.h"

#include <doctest/doctest.h>

#include "support/fake_clock.h"

using guardian::base::ErrorCode;
using guardian::base::Result;
using guardian::tools::Interrupt;
using namespace std::chrono_literals;

TEST_CASE("interrupt: waiting ends as soon as the condition holds") {
  const guardian::base::SystemClock clock;
  Interrupt interrupt(clock);
  int asked = 0;
  CHECK(interrupt.wait_until("the third time", 1h, [&]() -> Result<bool> { return ++asked == 3; }).ok());
  CHECK(asked == 3);
  CHECK(interrupt.signal() == 0);
}

TEST_CASE("interrupt: waiting in vain says for what") {
  guardian::test::FakeClock clock;
  Interrupt interrupt(clock);
  const auto waited = interrupt.wait_until("a bundle", 2s, [&]() -> Result<bool> {
    clock.advance(3s);
    return false;
  });
  REQUIRE_FALSE(waited.ok());
  CHECK(waited.error().code() == ErrorCode::Io);
  CHECK(waited.error().message() == "waited 2 s in vain for a bundle");
}

TEST_CASE("interrupt: an error of the condition ends the waiting") {
  const guardian::base::SystemClock clock;
  Interrupt interrupt(clock);
  const auto waited = interrupt.wait_until(
      "a bundle", 1h, []() -> Result<bool> { return guardian::base::Error(ErrorCode::Network, "gone"); });
  REQUIRE_FALSE(waited.ok());
  CHECK(waited.error().code() == ErrorCode::Network);
}

TEST_CASE("interrupt: a signal ends this wait and all later ones at once") {
  const guardian::base::SystemClock clock;
  Interrupt interrupt(clock);
  CHECK(interrupt.pause(1ms));
  std::raise(SIGTERM);
  CHECK_FALSE(interrupt.pause(1h));
  CHECK(interrupt.signal() == SIGTERM);
  CHECK_FALSE(interrupt.pause(1h));
  const auto waited = interrupt.wait_until("a bundle", 1h, []() -> Result<bool> { return false; });
  REQUIRE_FALSE(waited.ok());
  CHECK(waited.error().code() == ErrorCode::Busy);
}

TEST_CASE("interrupt: afterwards signals are as they were") {
  sigset_t before;
  sigset_t after;
  pthread_sigmask(SIG_BLOCK, nullptr, &before);
  {
    const guardian::base::SystemClock clock;
    const Interrupt interrupt(clock);
    sigset_t during;
    pthread_sigmask(SIG_BLOCK, nullptr, &during);
    CHECK(sigismember(&during, SIGINT) == 1);
  }
  pthread_sigmask(SIG_BLOCK, nullptr, &after);
  CHECK(sigismember(&after, SIGINT) == sigismember(&before, SIGINT));
}
