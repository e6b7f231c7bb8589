// The two sides of a comparison, the oracle and the engine, each with what it counts, asked the same in one way. One
// thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "guardian/base/file_system.h"
#include "guardian/base/result.h"
#include "guardian/base/time.h"
#include "guardian/decision/engine.h"
#include "guardian/json/document.h"
#include "guardian/limits/local_store.h"
#include "support/fake_clock.h"
#include "support/naive/naive.h"

namespace guardian::testing {

// What a side says to a request, in the words of the oracle.
struct Reply {
  NaiveAnswer answer;
  // Least and most that a refusal by a rate limit may say, in milliseconds; equal where it is said.
  std::optional<std::pair<std::int64_t, std::int64_t>> retry_ms;
  // False where the oracle has no opinion (the 1 % of section 5).
  bool certain = true;
  json::Document explain;
};

// Rate limits are counted at the wall-clock time of each request, which must not go back while any binds.
class OracleSide {
 public:
  // The payload must outlive its use; counts stay.
  void use(const json::Value& payload) { payload_ = payload; }
  [[nodiscard]] Reply ask(const NaiveQuestion& question, base::TimePoint now);

 private:
  json::Value payload_;
  NaiveLimits limits_;
};

class EngineSide {
 public:
  EngineSide();
  // Fails where the payload is refused; counts stay.
  [[nodiscard]] base::Status use(json::Document payload);
  [[nodiscard]] Reply ask(const NaiveQuestion& question, base::TimePoint now);

 private:
  // Forwards as time goes, backwards as an operator sets it.
  void move_clock(base::TimePoint now);

  base::SystemFileSystem files_;
  test::FakeClock clock_;
  limits::LocalStore store_;
  std::unique_ptr<const decision::Engine> engine_;
};

}  // namespace guardian::testing
