// One decision as a record (audit.md). Until the audit store exists an event is one JSON line of the log, without the
// members that only a store can give (`id`, `seq`, `prev`, `hash`). Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "guardian/audit/redaction.h"
#include "guardian/base/time.h"
#include "guardian/decision/engine.h"

namespace guardian::audit {

// Views are borrowed for the call.
struct DecisionEvent {
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
  std::string_view explain;  // redacted JSON list; empty: none
};

// The event as one line of compact JSON without the newline, its context redacted.
[[nodiscard]] std::string write_event(const DecisionEvent& event, const Redactor& redactor);

}  // namespace guardian::audit
