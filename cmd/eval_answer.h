// One offline decision and how it is told: the members of POST /enforce without latencyMs, or a readable tree.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "guardian/decision/engine.h"
#include "guardian/sidecar/enforce_request.h"
#include "output.h"

namespace guardian::cmd {

struct Evaluated {
  sidecar::EnforceRequest request;
  decision::Decision decision;  // its views live as long as the engine
  std::string explain;          // a JSON list where the request asks for it; empty otherwise
};

// Reads the body (api.md, with eval's `at` and `token`) and decides it, at `now` where the body has no `at`.
[[nodiscard]] base::Result<Evaluated> evaluate(const decision::Engine& engine, std::string_view body,
                                               base::TimePoint now);

// The explanation of policy.md section 8 as a JSON list, redacted as every explanation is.
[[nodiscard]] std::string explanation_of(const decision::Engine& engine, const decision::Question& question,
                                         base::TimePoint at);
// The same as a tree for people, each line after `indent`.
[[nodiscard]] std::string explanation_tree(std::string_view explanation, std::string_view indent, Ink ink);

[[nodiscard]] std::string answer_json(const Evaluated& evaluated, const decision::Engine& engine);
[[nodiscard]] std::string answer_text(const Evaluated& evaluated, const decision::Engine& engine);

}  // namespace guardian::cmd
