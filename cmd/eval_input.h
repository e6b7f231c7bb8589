// guardian eval --input: a decision for each JSON line (cli.md).
#pragma once

#include <string>

#include "exit_code.h"
#include "guardian/base/clock.h"
#include "guardian/decision/engine.h"

namespace guardian::cmd {

// `path` may be `-`. Exits 2 if any line was bad or the file cannot be read, else 1 if any decision is deny, else 0.
[[nodiscard]] ExitCode evaluate_lines(const decision::Engine& engine, const std::string& path,
                                      const base::Clock& clock);

}  // namespace guardian::cmd
