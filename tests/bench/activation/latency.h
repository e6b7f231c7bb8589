// Whether requests feel that a large bundle is activated beside them.
#pragma once

#include "tests/bench/activation/bundle.h"
#include "tests/bench/activation/verdict.h"

namespace guardian::bench {

// A gateway and a sidecar, each a process of its own, and a load on `/enforce` from this one. Windows without and with
// activations take turns; the bound is on the ratio of their 99th percentiles. Call while the process has one thread.
void measure_latency(const BundleSize& size, Verdicts& verdicts);

}  // namespace guardian::bench
