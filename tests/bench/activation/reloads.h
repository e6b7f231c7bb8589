// What many reloads leave behind.
#pragma once

#include <cstddef>

#include "tests/bench/activation/verdict.h"

namespace guardian::bench {

// Resident memory after `reloads` syncs that each applied another small bundle, against that after the first hundred.
void measure_reloads(std::size_t reloads, Verdicts& verdicts);

}  // namespace guardian::bench
