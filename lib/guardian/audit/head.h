// `head.json` beside the segments: where the chain legitimately begins and how far it reaches, so that lines missing at
// either end show. Written in place with the appends, under load for many of them at once: it is never ahead of the
// segments, and at most a second behind them where the writer was killed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "guardian/audit/event_line.h"
#include "guardian/base/result.h"

namespace guardian::audit {

struct Head {
  std::uint64_t first_seq = 1;                    // what was before was let go: forwarded and old, or told by a gap
  std::string first_prev = std::string(kNoHash);  // the hash of the event before it
  std::uint64_t last_seq = 0;
  std::string last_hash = std::string(kNoHash);
  std::uint64_t forwarded = 0;  // the newest event that the gateway has
  std::uint64_t told = 0;       // up to where an `audit.gap` tells of events that were let go unsent
  std::uint64_t unwritten = 0;  // decisions that could not be recorded, and that no gap tells of yet
};

// Always of the same length, so that one write replaces it.
[[nodiscard]] std::string write_head(const Head& head);
// nullopt for what write_head did not write.
[[nodiscard]] std::optional<Head> parse_head(std::string_view text);

[[nodiscard]] std::string head_path(const std::string& directory);
// nullopt where the file is missing or damaged. Errors: Io.
[[nodiscard]] base::Result<std::optional<Head>> load_head(const std::string& directory);

}  // namespace guardian::audit
