// Audit events and stores for tests, chained as a store chains them (audit.md).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "guardian/audit/event_line.h"
#include "guardian/audit/head.h"

namespace guardian::test {

// The line of an event, without its newline. `members` are JSON members without braces, in any order; `seq`, `prev` and
// `hash` are added, and `id` where it is missing.
[[nodiscard]] std::string make_line(std::string_view members, std::uint64_t seq, std::string_view prev);

// A decision, with all members that one always has. Texts are put between quotes as they are; those named `json` and
// `extra` are JSON, and an empty text is null where the member may be null.
struct DecisionFields {
  std::string id = {};  // made of the seq where empty
  std::string time = "2026-04-18T10:30:00.000Z";
  std::string agent_id = "agent_abc123";
  std::string action = "read:docs";
  std::string resource = {};
  std::string context_json = "null";
  std::string decision = "allow";
  bool would_deny = false;
  std::string policy = "docs";
  std::string rule = "allow-read";
  std::string reason = {};
  std::string mode = "enforce";
  std::string trace_id = {};
  std::string token_json = "null";
  std::string extra = {};  // more members: `"requiresApproval":true`
};
[[nodiscard]] std::string decision_members(const DecisionFields& fields);

// Writes a chain of events into segments of a directory that exists. Aborts the test where the disk refuses.
class AuditLines {
 public:
  explicit AuditLines(std::string directory, std::uint64_t first_seq = 1, std::string_view first_prev = audit::kNoHash);

  // Appends the event to the newest segment; returns its line.
  std::string add(std::string_view members);
  std::string add(const DecisionFields& fields) { return add(decision_members(fields)); }
  // The next event begins a segment.
  void begin_segment() { segment_.clear(); }
  // Writes `head.json` for what was added so far.
  void write_head() const;

  // For what the test wants the head to say.
  audit::Head head;
  // The path of the newest segment.
  [[nodiscard]] const std::string& segment() const noexcept { return segment_; }

 private:
  std::string directory_;
  std::string segment_;
};

}  // namespace guardian::test
