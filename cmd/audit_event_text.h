// Stored events for people, a line each, and for spreadsheets, a record each.
#pragma once

#include <string>

#include "guardian/audit/event_line.h"

namespace guardian::cmd {

// `2026-04-18T10:30:00.123Z  deny   agent_abc123  write:email customer-data  policy / rule: reason`, with its newline.
// Nothing in an event drives the terminal.
[[nodiscard]] std::string event_text(const audit::EventLine& event);

// RFC 4180, without a byte-order mark.
[[nodiscard]] std::string csv_header();
// A text that a spreadsheet would take for a formula gets an apostrophe before it; `context`, `delegation` and what
// else is no plain value is JSON.
[[nodiscard]] std::string csv_record(const audit::EventLine& event);

}  // namespace guardian::cmd
