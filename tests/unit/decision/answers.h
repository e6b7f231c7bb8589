// Decisions of the engine in the words of the oracle, so that the two can be compared. Pure; any thread.
#pragma once

#include "guardian/decision/decision.h"
#include "guardian/decision/engine.h"
#include "guardian/json/value.h"
#include "support/naive/naive.h"

namespace guardian::testing {

// `charge` is what the decision had to have counted before it was applied.
[[nodiscard]] NaiveAnswer to_answer(const decision::Decision& decision, const limits::Charge& charge);
[[nodiscard]] decision::Question to_question(const NaiveQuestion& question);

// The engine's list of section 8.
[[nodiscard]] json::Document engine_explain(const decision::Engine& engine, const NaiveQuestion& question,
                                            base::TimePoint now);
// The same JSON, but that the engine may name a large actual value instead of showing it, and that the order of what is
// undecided, which section 8 does not fix, is its own.
[[nodiscard]] bool same_explanation(const json::Value& engine, const json::Value& oracle);

}  // namespace guardian::testing
