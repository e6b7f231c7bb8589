// The files of tests/vectors/policy, read: cases of a bundle and requests with what must be answered, or a refusal.
// Knows the format and nothing of any case. One thread.
//
// A request may have `chain` (delegation, root first), `at` (times of a case with rate limits never go back) and
// `repeat` (asked so often). A case may have `next`: another bundle with requests of its own, over the same counts.
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/base/result.h"
#include "guardian/base/time.h"
#include "guardian/decision/decision.h"
#include "guardian/json/document.h"
#include "support/naive/naive.h"

namespace guardian::testing {

// One file; `name` is its last part.
struct VectorFile {
  std::string name;
  json::Document document;

  [[nodiscard]] std::span<const json::Value> cases() const;
};

// All of <source>/tests/vectors/policy/*.yaml, by name.
[[nodiscard]] base::Result<std::vector<VectorFile>> load_vectors();

// The whole payload of a case, the members that it does not give being the vectors' own; fails where the text of a
// policy cannot be read.
[[nodiscard]] base::Result<json::Document> payload_of(const json::Value& vector_case);

struct VectorRequest {
  std::string_view agent_id;
  policy::Request request;
  std::vector<std::string_view> chain;
  base::TimePoint at;
  decision::Mode mode = decision::Mode::Enforce;
  std::size_t repeat = 1;

  [[nodiscard]] NaiveQuestion question() const { return {agent_id, request, chain}; }
};
// Views into `written`.
[[nodiscard]] VectorRequest read_request(const json::Value& written);

}  // namespace guardian::testing
