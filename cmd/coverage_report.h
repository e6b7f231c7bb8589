// How coverage is told: what no test exercised, to people; everything, as JSON.
#pragma once

#include <string>

#include "guardian/decision/coverage.h"
#include "guardian/json/writer.h"

namespace guardian::cmd {

// `87.5`; rounded down, so that 100 means all.
[[nodiscard]] std::string percent_text(const decision::Share& share);

// `description` is what the coverage is of.
[[nodiscard]] std::string coverage_text(const decision::Coverage& coverage, const std::string& description);
// One object.
void write_coverage(const decision::Coverage& coverage, const std::string& description, json::Writer& out);

}  // namespace guardian::cmd
