// The strict reading of decision requests (api.md, POST /enforce and /enforce/batch). `guardian eval --input` reads its
// lines with the same code, so that both mean the same. Pure; any thread.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "guardian/base/result.h"
#include "guardian/base/time.h"
#include "guardian/decision/delegation.h"
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
  decision::Question question;          // its chain is the one below
  std::vector<std::string_view> chain;  // the delegators, root first
  bool explain = false;
  std::optional<std::string_view> trace_id;
  std::optional<base::TimePoint> at;  // Eval only
};

// Errors name the member. InvalidInput and Malformed answer 400, Forbidden 403, TooLarge 413 (api.md).
[[nodiscard]] base::Result<EnforceRequest> parse_enforce_request(std::string_view body, ExtraMembers extra);

// One body of POST /enforce/batch: at least one action, at most kMaxBatchActions (TooLarge).
struct BatchRequest {
  json::Document document;
  decision::Asker asker;
  std::vector<policy::Request> actions;
  bool explain = false;
  std::optional<std::string_view> trace_id;
};
[[nodiscard]] base::Result<BatchRequest> parse_batch_request(std::string_view body);

}  // namespace guardian::sidecar
