// Attribute paths of policy.md section 4: their grammar (shared by map keys and text), which of them exist, and their
// canonical spelling. Compiled once; immutable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/base/result.h"

namespace guardian::policy {

enum class Root : std::uint8_t {
  Action,
  Resource,
  AgentId,
  AgentName,
  AgentTrustTier,
  AgentTrustRank,
  AgentTags,
  AgentOrgId,
  AgentMetadata,
  Context,
  Token,
  Delegation,
  DelegationDepth,
  DelegationRoot,
  TimeYear,
  TimeMonth,
  TimeDay,
  TimeHour,
  TimeMinute,
  TimeSecond,
  TimeMinuteOfDay,
  TimeWeekday,
  TimeEpoch,
  TimeIso,
};

struct Segment {
  std::string key;
  std::optional<std::size_t> index;  // set where the key is all digits and can index a list
};

struct Attribute {
  Root root = Root::Context;
  std::vector<Segment> below;  // only under context, token and agent.metadata
  std::string path;            // canonical: `context.amount`, `context["a.b"]`, `agent.trustTier`
};

// A path as written, its segments without their punctuation.
using PathSegments = std::vector<std::string>;

// Reads a path that starts at text[at] and moves `at` behind it; the first segment must be an identifier. With
// `relative` it may also be digits or a bracketed key (the keys of maps under a bare root). PolicyInvalid (without a
// place) when there is none; `at` then stands at the fault.
[[nodiscard]] base::Result<PathSegments> scan_path(std::string_view text, std::size_t& at, bool relative = false);
// The same for a whole map key.
[[nodiscard]] base::Result<PathSegments> parse_path(std::string_view text, bool relative = false);

// True for `action`, `resource`, `agent`, `context` (`request`), `token`, `delegation`, `time`.
[[nodiscard]] bool is_root(std::string_view segment) noexcept;
// The root that a shorthand's name begins with and may not (`resource` may), or empty.
[[nodiscard]] std::string_view root_that_begins(std::string_view name) noexcept;
// True for the words of the text grammar (`and`, `in`, `true`, ...), in any case: they cannot begin a path.
[[nodiscard]] bool is_reserved_word(std::string_view word) noexcept;

// The whole numbers that an attribute of time can be; nullopt for those that take many values, and for all others.
struct WholeRange {
  std::int64_t low;
  std::int64_t high;
};
[[nodiscard]] std::optional<WholeRange> range_of(Root root) noexcept;

// What the segments name: a rooted attribute, or one of the shorthands `tags` and a single name. PolicyInvalid (without
// a place) for anything else, with the rooted form where there is one.
[[nodiscard]] base::Result<Attribute> make_attribute(std::span<const std::string> segments);

}  // namespace guardian::policy
