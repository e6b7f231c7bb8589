// Who asks, and on whose behalf (policy.md section 7): what a request's `delegation` member and a verified token's
// `act` claim say of it, read the same way for requests over HTTP, lines of `eval --input` and policy tests. Pure; any
// thread.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "guardian/base/result.h"
#include "guardian/json/value.h"

namespace guardian::decision {

// Of an agent's id, acting or delegating; longer ones are refused: each is told in every event and in some reasons.
inline constexpr std::size_t kMaxAgentIdBytes = 4'096;

// Views point into what it was read from.
struct Asker {
  std::string_view agent_id;            // who acts
  std::vector<std::string_view> chain;  // the delegators, root first; empty: not delegated
};

// `agent_id` and `delegation` as the request has them; `claims` is the verified token's object, null without one.
// Errors name the member. InvalidInput: a member that is not what it must be, an id that is too long, an empty subject
// of a token, no agent named at all, a chain beside an `act` that says otherwise. Forbidden: an agent id that is not
// the token's agent.
[[nodiscard]] base::Result<Asker> read_asker(std::optional<std::string_view> agent_id, const json::Value& delegation,
                                             const json::Value& claims);

}  // namespace guardian::decision
