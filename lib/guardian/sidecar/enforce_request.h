// The strict reading of decision requests (api.md, POST /enforce and /enforce/batch). `guardian eval --input` reads its
// lines with the same code, so that both mean the same. Pure; any thread.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "guardian/base/result.h"
#include "guardian/base/time.h"
#include "guardian/decision/engine.h"
#include "guardian/json/document.h"

namespace guardian::sidecar {

inline constexpr std::size_t kMaxBatchActions = 1'000;

enum class ExtraMembers {
  None,  // HTTP
  Eval   // eval --input: also `at` (RFC 3339) and `token` (a claims object, taken as verified)
};

// One body of POST /enforce. All views point into `document`.
struct EnforceRequest {
  json::Document document;
  decision::Question question;
  bool explain = false;
  std::optional<std::string_view> trace_id;
  std::optional<base::TimePoint> at;  // Eval only
};

// Errors name the member. InvalidInput and Malformed answer 400, TooLarge 413 (api.md); NotSupported, for delegation,
// 400: a delegated request must not be decided as if it were not.
[[nodiscard]] base::Result<EnforceRequest> parse_enforce_request(std::string_view body, ExtraMembers extra);

// One body of POST /enforce/batch: at least one action, at most kMaxBatchActions (TooLarge).
struct BatchRequest {
  json::Document document;
  std::string_view agent_id;
  std::vector<policy::Request> actions;
  bool explain = false;
  std::optional<std::string_view> trace_id;
};
[[nodiscard]] base::Result<BatchRequest> parse_batch_request(std::string_view body);

}  // namespace guardian::sidecar
