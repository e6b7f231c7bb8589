// What opening, verifying and compiling one large bundle costs.
#pragma once

#include "tests/bench/activation/bundle.h"
#include "tests/bench/activation/verdict.h"

namespace guardian::bench {

// Processor seconds and heap of SealedBundle::open, verify and Snapshot, against the bounds. The heap counts from
// before the received bytes were there, so that they are a part of it.
void measure_cost(const BundleSize& size, Verdicts& verdicts);

}  // namespace guardian::bench
