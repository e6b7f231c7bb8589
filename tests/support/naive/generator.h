// Random bundles and requests for the comparison of the engine with the oracle: valid payloads over few words, so that
// rules match often, and contexts that are right, wrong, null and absent. The same seed gives the same text. One
// thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/base/time.h"
#include "guardian/json/document.h"
#include "guardian/policy/types.h"
#include "support/naive/random.h"

namespace guardian::testing {

// A request in words of its own, as it is printed, and what it says.
struct GeneratedRequest {
  std::string text;         // JSON: agent, action, resource, context, token, chain, at, step
  json::Document document;  // of `text`; the views below point into it
  std::string_view agent_id;
  policy::Request request;
  std::vector<std::string_view> chain;
  base::TimePoint now;             // when it is decided, anywhere in the calendar
  std::chrono::microseconds step;  // since the request before it, on the clock of those who count
};

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  // The payload of a bundle as JSON text (bundle.md section 2).
  [[nodiscard]] std::string payload();
  // Often the same as the one before it, a little later.
  [[nodiscard]] GeneratedRequest request();

 private:
  Random random_;
  std::string last_;  // the last request's text without its step
};

// Reads the text of a request back, for replaying one that was printed.
[[nodiscard]] GeneratedRequest read_generated_request(std::string text);

}  // namespace guardian::testing
