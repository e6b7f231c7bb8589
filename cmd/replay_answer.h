// What `guardian replay` prints.
#pragma once

#include <cstdint>
#include <string>

#include "guardian/tools/replay_report.h"

namespace guardian::cmd {

struct Replayed {
  std::string trail;      // where the events are from
  std::string bundle;     // what they were decided under again, for people
  bool recorded = false;  // each under its own bundle: differences are mismatches
  std::uint64_t damaged_lines = 0;
  const tools::ReplayReport& report;
};

[[nodiscard]] std::string replay_text(const Replayed& replayed);
[[nodiscard]] std::string replay_json(const Replayed& replayed);

}  // namespace guardian::cmd
