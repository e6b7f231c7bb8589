// Which values an attribute can have at all (policy.md section 4, Attributes), as far as the language, the tiers a
// policy applies to and the patterns of a rule decide. Anything else is open: context, token and metadata hold any
// value.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/policy/attribute.h"
#include "guardian/policy/program.h"
#include "guardian/policy/types.h"

namespace guardian::analysis {

struct Domain {
  // The kinds of value there can be; absent and null are one.
  bool absent = true;
  bool boolean = true;
  bool number = true;
  bool text = true;
  bool list = true;
  bool object = true;
  bool text_members = false;  // lists hold texts only
  // Numbers that are whole, from low to high; nullopt for any.
  struct Range {
    double low;
    double high;
  };
  std::optional<Range> whole;
  std::optional<std::vector<double>> numbers;     // all the numbers there are
  std::optional<std::vector<std::string>> texts;  // all the texts there are
  std::span<const policy::Glob> patterns;         // texts match one of these; empty: any text
  std::span<const policy::Glob> more_patterns;    // and one of these
};

// What is known around a condition. Borrowed.
struct Surroundings {
  std::span<const policy::Tier> tiers;           // of the agents that the policy applies to; empty: not known
  std::span<const policy::Glob> actions = {};    // of the rule
  std::span<const policy::Glob> resources = {};  // of the rule; empty: any, and none
  // Of another rule that is to match as well.
  std::span<const policy::Glob> more_actions = {};
  std::span<const policy::Glob> more_resources = {};
  bool members = false;  // the tests are about members of a list, which may be anything
};

// Whether a text matches the patterns.
[[nodiscard]] bool admits(const Domain& domain, std::string_view text) noexcept;

[[nodiscard]] Domain domain_of(const policy::Attribute& attribute, const Surroundings& around);
// As said in messages: `a number`, `text`, `a list of texts`; empty for an open domain.
[[nodiscard]] std::string name_of(const Domain& domain);

}  // namespace guardian::analysis
