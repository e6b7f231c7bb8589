// The decision of policy.md section 6: a pure function of (engine, question, time). An Engine is one bundle made ready
// for questions: agents indexed, applicable policies worked out, texts of denials prepared. Immutable; any number of
// threads ask at once; nothing is locked or written, and an allow allocates nothing.
#pragma once

#include <cstddef>
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

namespace guardian::decision {

// What is asked. `request.action` is 1 to 256 bytes without C0 controls and DEL, the resource at most 4,096 bytes:
// whoever reads requests sees to it (is_valid_action).
struct Question {
  std::string_view agent_id;
  policy::Request request;
};

inline constexpr std::size_t kMaxActionBytes = 256;
inline constexpr std::size_t kMaxResourceBytes = 4'096;
[[nodiscard]] bool is_valid_action(std::string_view action) noexcept;

class Engine {
 public:
  // Shares ownership of the payload: all views a Decision holds live as long as the engine.
  explicit Engine(std::shared_ptr<const bundle::Payload> payload);

  // Steps 1 to 4 of policy.md section 6, always as enforce mode decides; the mode only changes how it is told.
  [[nodiscard]] Decision decide(const Question& question, base::TimePoint now) const;

  // Appends the list of policy.md section 8: the applicable policies in order, empty where step 3 is not reached.
  // At most about `max_bytes` and one policy's deciding rule: what is left out is said by `truncated`
  // (Policy::explain).
  void explain(const Question& question, base::TimePoint now, std::size_t max_bytes, json::Writer& out) const;

  [[nodiscard]] const bundle::Payload& payload() const noexcept { return *payload_; }

  // The agent as the bundle knows it (name and tier for events); nullptr for one it does not list.
  [[nodiscard]] const bundle::AgentRecord* find_agent(std::string_view id) const noexcept;

 private:
  struct TierTexts {
    std::string policy;  // `trust-tier:<tier>`
    std::string reason;  // `Action exceeds trust tier <tier>`
  };
  struct Winner {
    std::size_t policy = 0;
    std::size_t rule = 0;
    policy::Outcome::Kind kind = policy::Outcome::Kind::None;
  };
  // The agent a question is about, with what applies to it.
  struct Subject;

  // nullopt and a denial in `decision` where steps 1 or 2 decide.
  [[nodiscard]] std::optional<Subject> identify(const Question& question, Decision& decision) const;
  [[nodiscard]] Winner combine(const policy::Input& input, std::span<const std::uint32_t> policies) const;
  void apply_winner(const Winner& winner, const Question& question, base::TimePoint now, Decision& decision) const;
  void apply_default(std::string_view action, std::span<const std::uint32_t> policies, Decision& decision) const;
  void add_dry_runs(const policy::Input& input, std::span<const std::uint32_t> policies, Decision& decision) const;
  [[nodiscard]] const bundle::Approval* find_approval(const Winner& winner, std::string_view agent_id,
                                                      const policy::Request& request, base::TimePoint now) const;
  [[nodiscard]] std::string_view deny_reason(const Winner& winner) const noexcept;

  std::shared_ptr<const bundle::Payload> payload_;
  identity::AgentDirectory agents_;
  Applicability applicability_;
  std::vector<TierTexts> tier_texts_;
  // `Denied by rule <rule>` for the rules without a reason of their own, per policy and rule.
  std::vector<std::vector<std::string>> deny_texts_;
  std::unordered_map<std::string_view, std::vector<const bundle::Approval*>> approvals_;
};

}  // namespace guardian::decision
