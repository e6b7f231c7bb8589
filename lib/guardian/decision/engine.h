// The decision of policy.md section 6: a pure function of (engine, question, time). An Engine is one bundle made ready
// for questions: agents and actions indexed, applicable policies worked out, texts of denials prepared. Immutable; any
// number of threads ask at once; nothing is locked or written, and an allow allocates nothing. Rate limits are counted
// outside: the decision says what to count.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "guardian/base/time.h"
#include "guardian/bundle/payload.h"
#include "guardian/decision/applicability.h"
#include "guardian/decision/decision.h"
#include "guardian/identity/agent_directory.h"
#include "guardian/json/writer.h"
#include "guardian/policy/glob_index.h"

namespace guardian::decision {

// What is asked. `request.action` is 1 to 256 bytes without C0 controls and DEL, the resource at most 4,096 bytes:
// whoever reads requests sees to it (is_valid_action).
struct Question {
  std::string_view agent_id;
  policy::Request request;                       // its delegation members are filled from the chain
  std::span<const std::string_view> chain = {};  // the delegators, root first; empty: not delegated
};

inline constexpr std::size_t kMaxActionBytes = 256;
inline constexpr std::size_t kMaxResourceBytes = 4'096;
inline constexpr std::size_t kMaxDelegationDepth = 5;
// An agent with no more policies than this has all of them asked; with more, those with a rule for the action.
inline constexpr std::size_t kFewPolicies = 8;
[[nodiscard]] bool is_valid_action(std::string_view action) noexcept;

class Engine {
 public:
  // Shares ownership of the payload: all views a Decision holds live as long as the engine.
  explicit Engine(std::shared_ptr<const bundle::Payload> payload);

  // Steps 1 to 5 of policy.md section 6, always as enforce mode decides; the mode only changes how it is told. For step
  // 6 an allow that is limited names its counters (Decision::charge). The question's texts must outlive the decision.
  // An approval must not have expired by `time_floor` either (bundle.md section 4).
  [[nodiscard]] Decision decide(const Question& question, base::TimePoint now,
                                std::optional<base::TimePoint> time_floor = std::nullopt) const;

  // Appends the list of policy.md section 8: the applicable policies in order, empty where step 3 is not reached.
  // At most about `max_bytes` and one policy's deciding rule: what is left out is said by `truncated`
  // (Policy::explain).
  void explain(const Question& question, base::TimePoint now, std::size_t max_bytes, json::Writer& out) const;

  // Calls `ask` with each policy that step 3 asks, in order: its index in payload().policies and what it is asked; not
  // at all where an earlier step decides. For policy tests.
  using Ask = std::function<void(std::size_t policy, const policy::Input& input)>;
  void each_applicable(const Question& question, base::TimePoint now, const Ask& ask) const;

  [[nodiscard]] const bundle::Payload& payload() const noexcept { return *payload_; }

  // The agent as the bundle knows it (name and tier for events); nullptr for one it does not list.
  [[nodiscard]] const bundle::AgentRecord* find_agent(std::string_view id) const noexcept;

 private:
  struct TierTexts {
    std::string policy;  // `trust-tier:<tier>`
    std::string reason;  // `Action exceeds trust tier <tier>`
  };
  // A policy's outcome for a request.
  struct Winner {
    std::size_t policy = 0;
    std::size_t rule = 0;
    policy::Outcome::Kind kind = policy::Outcome::Kind::None;
  };
  // The agent a question is about, with what applies to it.
  struct Subject;
  // What the policies are asked, and by when an approval must not have expired.
  struct Asked : policy::Input {
    base::TimePoint expiry_now;
  };
  // The policies that a decision has to ask.
  class Candidates;
  // What rules and defaults came to, and the policy and rule that said so.
  struct Ruling {
    std::optional<std::size_t> policy;
    std::optional<std::size_t> rule;
  };

  void index_policies();
  // False and a denial in `decision` where steps 1 or 2 decide.
  [[nodiscard]] bool identify(std::string_view agent_id, std::string_view action, Subject& subject,
                              Decision& decision) const;
  // Steps 3 and 4. Outcomes of dry-run policies are added to `dry_runs` where it is given.
  Ruling apply_rules(const Asked& input, const Applicable& policies, std::vector<Winner>* dry_runs,
                     Decision& decision) const;
  void apply_winner(const Winner& winner, const Asked& input, Decision& decision) const;
  [[nodiscard]] Ruling apply_default(std::string_view action, const Applicable& policies, Decision& decision) const;
  // Step 5.
  void check_delegation(const Question& question, const Asked& input, const Applicable& policies,
                        Decision& decision) const;
  [[nodiscard]] bool allows_alone(std::string_view agent_id, const Asked& input) const;
  void name_charge(const Ruling& ruling, const Subject& subject, Decision& decision) const;
  void add_dry_runs(const Asked& input, std::span<const Winner> outcomes, Decision& decision) const;
  [[nodiscard]] const bundle::Approval* find_approval(const Winner& winner, const Asked& input) const;
  [[nodiscard]] std::string_view deny_reason(const Winner& winner) const noexcept;

  std::shared_ptr<const bundle::Payload> payload_;
  identity::AgentDirectory agents_;
  Applicability applicability_;
  policy::GlobIndex by_action_;  // the enabled policies by their rules' actions
  bool any_dry_run_ = false;
  // Policies that are enabled and not dry-run: all, those that deny by default, those with a delegation section.
  PolicyList enforced_;
  PolicyList denying_by_default_;
  PolicyList with_delegation_;
  std::vector<TierTexts> tier_texts_;
  // `Denied by rule <rule>` for the rules without a reason of their own, per policy and rule.
  std::vector<std::vector<std::string>> deny_texts_;
  std::unordered_map<std::string_view, std::vector<const bundle::Approval*>> approvals_;
};

}  // namespace guardian::decision
