// A recorded decision read back: what was asked, what was decided, and whether the record holds all that the decision
// depended on. For `guardian replay` and `guardian audit report`. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "guardian/audit/event_line.h"
#include "guardian/base/result.h"
#include "guardian/base/time.h"
#include "guardian/decision/engine.h"
#include "guardian/json/document.h"

namespace guardian::audit {

// The first thing that the record does not hold as it was asked.
enum class Inputs : std::uint8_t {
  Whole,
  ContextLeftOut,   // AUDIT_CONTEXT=none
  ContextCut,       // too large for an event: a marker with its size stands for it
  ContextRedacted,  // some value of it
  TokenMissing,     // authenticated, but without claims
  TokenRedacted,    // some claim
  ChainCut          // more delegators than were told
};
// For people: `context redacted`. `whole` for Whole. Static storage.
[[nodiscard]] std::string_view to_string(Inputs inputs) noexcept;

// What enforce mode reached, whatever the caller was told: audit mode's `wouldDeny` is a denial here.
struct Decided {
  bool allow = false;
  std::optional<std::string_view> policy;
  std::optional<std::string_view> rule;
  std::optional<std::string_view> reason;
  std::optional<std::string_view> approval_id;
  bool requires_approval = false;
  std::optional<std::int64_t> retry_after_ms;
};

// All views point into `document`, which is the whole event.
struct RecordedDecision {
  json::Document document;
  std::uint64_t seq = 0;
  std::string_view id;
  base::TimePoint time;
  decision::Mode mode = decision::Mode::Enforce;
  std::optional<std::string_view> bundle_version;
  std::string_view agent_id;
  policy::Request request;              // its delegation members are the engine's to fill
  std::vector<std::string_view> chain;  // the delegators, root first
  std::int64_t latency_micros = 0;      // from the request to the decision
  Inputs inputs = Inputs::Whole;
  Decided decided;

  // Valid as long as this stays where it is.
  [[nodiscard]] decision::Question question() const noexcept { return {agent_id, request, chain}; }
};

// Reads an event of type `decision`. Malformed for one that lacks a member of audit.md or has it in another form.
[[nodiscard]] base::Result<RecordedDecision> read_recorded_decision(const EventLine& event);

}  // namespace guardian::audit
