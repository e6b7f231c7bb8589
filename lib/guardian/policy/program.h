// The compiled form of a bundle's policies: made once from checked JSON/YAML values, immutable afterwards, shared by
// any number of threads. Compiling refuses all that policy.md refuses; evaluating cannot fail, takes no lock, does no
// I/O, and allocates nothing except inside RE2 and in explanations. Which policies count, approvals, defaults and modes
// are the decision room's (policy.md section 6); this room says what one policy says of one request.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/base/result.h"
#include "guardian/json/value.h"
#include "guardian/json/writer.h"
#include "guardian/policy/types.h"

namespace guardian::policy {

// Where a policy's text came from, for the place in errors. With `text` given errors begin `<name>:<line>:<column>: `;
// without it (a policy inside a bundle) they begin `<name>: `, for instance `policies[3]`.
struct Source {
  std::string_view name;
  std::string_view text;
};

// What the regular expressions of one bundle may still unfold to, in instructions of RE2 (regex.h says what is taken).
struct RegexBudget {
  std::size_t instructions = 4'000'000;
};

struct CompileOptions {
  Combining default_combining = Combining::DenyOverrides;
  // The tiers that exist; a policy that names another is refused, since it could never apply.
  std::span<const Tier> tiers;
  // Shared by the policies of a bundle; without one each policy has its own.
  RegexBudget* regex_budget = nullptr;
};

struct CompiledRule;    // compiled.h: for this room, and for analysis
struct CompiledPolicy;  // likewise
struct Delegation;
class GlobIndexBuilder;
struct PolicyCoverage;  // coverage.h

// What one policy says of one request, its rules combined (policy.md section 6, step 3).
struct Outcome {
  enum class Kind : std::uint8_t { None, Allow, Deny, RequireApproval };
  Kind kind = Kind::None;
  std::size_t rule = 0;  // index of the deciding rule; meaningless for None
};
[[nodiscard]] std::string_view to_string(Outcome::Kind kind) noexcept;  // `none`, `allow`, ...

// One compiled policy. Cheap to move; const after compile. All views it returns live as long as it does.
class Policy {
 public:
  // `value` is borrowed during the call only. The wrapper `{apiVersion, kind, metadata, spec}` is understood. Errors:
  // PolicyInvalid (place, policy, rule and member named; a policy that breaks several rules reports the first).
  [[nodiscard]] static base::Result<Policy> compile(const json::Value& value, const Source& source,
                                                    const CompileOptions& options);
  Policy(Policy&&) noexcept;
  Policy& operator=(Policy&&) noexcept;
  ~Policy();

  [[nodiscard]] std::string_view name() const noexcept;
  [[nodiscard]] std::string_view version() const noexcept;      // empty when not given
  [[nodiscard]] std::string_view description() const noexcept;  // empty when not given
  [[nodiscard]] bool enabled() const noexcept;
  [[nodiscard]] Enforcement enforcement() const noexcept;
  [[nodiscard]] Combining combining() const noexcept;
  [[nodiscard]] Effect default_effect() const noexcept;  // Allow or Deny

  [[nodiscard]] const RateLimits& rate_limits() const noexcept;  // of all that the policy allows
  [[nodiscard]] const Delegation* delegation() const noexcept;   // nullptr when the policy has no such section

  [[nodiscard]] std::size_t rule_count() const noexcept;
  [[nodiscard]] std::string_view rule_id(std::size_t rule) const noexcept;
  [[nodiscard]] Effect rule_effect(std::size_t rule) const noexcept;
  [[nodiscard]] std::string_view rule_reason(std::size_t rule) const noexcept;  // empty when the rule has none
  [[nodiscard]] Alert rule_alert(std::size_t rule) const noexcept;
  [[nodiscard]] const RateLimits& rule_rate_limits(std::size_t rule) const noexcept;

  // policy.md section 2: every list given matches. Pure; linear in the patterns. `constrains_agent_ids` lets a caller
  // that groups agents by tier, tags and organisation know whether the id matters too; `applies_apart_from_id` is
  // applies_to with agentIds left out.
  [[nodiscard]] bool applies_to(const Agent& agent) const noexcept;
  [[nodiscard]] bool constrains_agent_ids() const noexcept;
  [[nodiscard]] bool applies_apart_from_id(const Agent& agent) const noexcept;

  // The rules combined for one request, whatever `enabled` and applies_to say.
  [[nodiscard]] Outcome evaluate(const Input& input) const noexcept;

  // True when some rule's action pattern matches: picks the policy that a default denial names (section 6, step 3).
  [[nodiscard]] bool has_rule_for_action(std::string_view action) const noexcept;

  // Files the policy under its rules' action patterns, its agentIds and its tags, as `entry`: what lets a caller with
  // many policies look only at those that can concern a request or an agent. The ids of organisations are exact.
  void add_actions(std::uint32_t entry, GlobIndexBuilder& index) const;
  void add_agent_ids(std::uint32_t entry, GlobIndexBuilder& index) const;
  void add_tags(std::uint32_t entry, GlobIndexBuilder& index) const;
  [[nodiscard]] bool constrains_tags() const noexcept;
  [[nodiscard]] std::span<const std::string> org_ids() const noexcept;  // empty: any, and none

  // Appends this policy's entry of `explain` (policy.md section 8) for the request. Never changes the outcome. Once
  // `out` holds `max_bytes` only the deciding rule is still written, and the entry says `"truncated": true`; an
  // `actual` of more than 1 KiB is named instead of shown.
  void explain(const Input& input, std::size_t max_bytes, json::Writer& out) const;

  // What was compiled, for the analysis room, which reasons about rules without a request (compiled.h).
  [[nodiscard]] const CompiledPolicy& compiled() const noexcept { return *compiled_; }

  // For policy tests: this policy's rules and tests with nothing exercised, and the same after one more request.
  // `coverage` must be of this policy.
  [[nodiscard]] PolicyCoverage nothing_covered() const;
  void cover(const Input& input, PolicyCoverage& coverage) const;

 private:
  explicit Policy(std::unique_ptr<const CompiledPolicy> compiled);
  std::unique_ptr<const CompiledPolicy> compiled_;
};

// A glob as in policy.md section 3, for patterns outside policies: tier ceilings, approvals. Immutable; any thread.
class Glob {
 public:
  // PolicyInvalid for a pattern over 1,024 bytes or with a trailing backslash.
  [[nodiscard]] static base::Result<Glob> compile(std::string_view pattern);
  // The whole text, case-sensitive; at most proportional to pattern size times text size; no allocation.
  [[nodiscard]] bool matches(std::string_view text) const noexcept;
  [[nodiscard]] const std::string& pattern() const noexcept { return pattern_; }
  // True where the pattern holds no wildcard: it matches literal() and nothing else.
  [[nodiscard]] bool is_literal() const noexcept { return shape_ == Shape::Literal; }
  [[nodiscard]] const std::string& literal() const noexcept { return fixed_; }
  // True for a literal with stars behind it and nothing else: it matches what begins with that literal.
  [[nodiscard]] bool is_prefix() const noexcept { return shape_ == Shape::Prefix; }

 private:
  enum class Shape : std::uint8_t { Literal, Prefix, Suffix, General };

  Glob() = default;

  std::string pattern_;
  std::string fixed_;  // the literal, or what stands before the trailing or after the leading star; escapes taken
  Shape shape_ = Shape::General;
};

// A policy's `delegation` section (policy.md section 7): what it adds to the checks of a delegated request. At least
// one of the two is given.
struct Delegation {
  std::optional<std::uint32_t> max_depth;
  std::vector<Glob> permission_ceiling;  // empty: not given
};

}  // namespace guardian::policy
