// Conditions evaluated while only part of a request is known: each test is true, false or unknown, and so is what `all`
// and `any` make of them. True and False are proofs: whatever the unknown parts turn out to be, evaluation gives that.
// Used by who-can and can. One thread, one policy and one agent a Partial.
#pragma once

#include <cstdint>

#include "guardian/policy/compiled.h"
#include "guardian/policy/facts.h"

namespace guardian::analysis {

enum class Truth : std::uint8_t { False, Unknown, True };

// Which parts of an input are as given. What is not known is not looked at.
struct Known {
  bool agent_id = true;  // all else about the agent is always known
  bool request = true;   // action and resource
  bool delegation = true;
  bool context = false;
  bool token = false;
  bool time = false;
};

class Partial {
 public:
  // All but `known` is borrowed.
  Partial(const policy::CompiledPolicy& policy, const policy::Input& input, Known known) noexcept
      : input_(input), facts_(input, policy.zone), known_(known) {}

  [[nodiscard]] Truth truth(const policy::Condition& condition, policy::Leaning leaning) noexcept;

  // Action, resource and conditions of a rule together; the request must be known.
  [[nodiscard]] Truth matches(const policy::CompiledRule& rule) noexcept;

 private:
  [[nodiscard]] bool is_known(policy::Root root) const noexcept;
  [[nodiscard]] Truth truth(const policy::Test& test, policy::Leaning leaning) noexcept;

  const policy::Input& input_;
  policy::Facts facts_;
  Known known_;
};

}  // namespace guardian::analysis
