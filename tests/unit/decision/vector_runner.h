// Runs the cases of tests/vectors/policy. One thread.
#pragma once

#include <string>
#include <vector>

#include "vector_case.h"

namespace guardian::testing {

// One line for each thing that is not as the case says: from the engine, or between the engine and the oracle. Empty
// when the case passes.
[[nodiscard]] std::vector<std::string> run_case(const json::Value& vector_case);

// The same for the oracle alone; cases that are refusals say nothing to it.
[[nodiscard]] std::vector<std::string> run_case_by_oracle(const json::Value& vector_case);

}  // namespace guardian::testing
