// Decisions as JSON: the answer bodies of api.md, member for member. `guardian eval` prints the same. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "guardian/decision/decision.h"
#include "guardian/json/writer.h"

namespace guardian::sidecar {

// What an answer says of one decision. Views are borrowed for the call.
struct Told {
  const decision::Decision& decision;
  decision::Mode mode = decision::Mode::Enforce;
  std::optional<std::int64_t> latency_micros;      // nullopt: no `latencyMs` (eval)
  std::optional<std::string_view> bundle_version;  // nullopt: null
  std::string_view explain;                        // a JSON list, or empty for none
  std::optional<std::string_view> trace_id;
};

// The body of POST /enforce.
[[nodiscard]] std::string enforce_answer(const Told& told);

// One entry of `results` of POST /enforce/batch.
void write_batch_result(json::Writer& out, std::string_view action, const Told& told);

// `latencyMs`: milliseconds with at most three decimals.
void write_latency(json::Writer& out, std::int64_t micros);

}  // namespace guardian::sidecar
