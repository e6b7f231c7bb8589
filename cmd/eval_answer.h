// One offline decision and how it is told: the members of POST /enforce without latencyMs, or a readable tree.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "guardian/decision/engine.h"
#include "guardian/sidecar/enforce_request.h"

namespace guardian::cmd {

struct Evaluated {
  sidecar::EnforceRequest request;
  decision::Decision decision;  // its views live as long as the engine
  std::string explain;          // a JSON list where the request asks for it; empty otherwise
};

// Reads the body (api.md, with eval's `at` and `token`) and decides it, at `now` where the body has no `at`.
[[nodiscard]] base::Result<Evaluated> evaluate(const decision::Engine& engine, std::string_view body,
                                               base::TimePoint now);

[[nodiscard]] std::string answer_json(const Evaluated& evaluated, const decision::Engine& engine);
[[nodiscard]] std::string answer_text(const Evaluated& evaluated, const decision::Engine& engine);

}  // namespace guardian::cmd
