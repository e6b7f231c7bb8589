// One decision as a record (audit.md). Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "guardian/audit/draft.h"
#include "guardian/audit/redaction.h"
#include "guardian/base/time.h"
#include "guardian/decision/engine.h"

namespace guardian::audit {

// Views are borrowed for the call.
struct DecisionEvent {
  std::string_view sidecar;
  base::TimePoint time;
  decision::Mode mode = decision::Mode::Enforce;
  std::optional<std::string_view> bundle_version;
  std::string_view agent_id;
  const policy::Agent* agent = nullptr;  // as the bundle knows it; nullptr for one it does not list
  const policy::Request& request;
  std::span<const std::string_view> chain = {};  // the delegators, root first
  const decision::Decision& decision;
  std::int64_t latency_micros = 0;
  std::optional<std::string_view> trace_id;
  std::optional<std::string_view> batch_id;  // of the batch that it came in
  std::string_view explain;                  // redacted JSON list; empty: none
};

// Context and explanation are redacted and cut to what audit.md lets an event hold.
[[nodiscard]] Draft draft_decision(const DecisionEvent& event, const Redactor& redactor);

// A redacted explanation as canonical JSON of at most `max_bytes`: where it is longer, of each policy only the rules
// that matched or could not be decided, and `cut` is set; where those are too many, none.
[[nodiscard]] std::string canonical_explain(std::string_view explain, std::size_t max_bytes, bool& cut);

}  // namespace guardian::audit
