// Internal to the room: what is looked for in one valid policy, one function a subject. Each adds to `notes`, which has
// been told the policy's name.
#pragma once

#include <span>

#include "guardian/analysis/notes.h"

namespace guardian::analysis {

// Lists longer than this are not searched for patterns that lie within each other.
inline constexpr std::size_t kMaxComparedEntries = 1000;

// No version, applies to nobody.
void check_policy_fields(const Subject& subject, Notes& notes);
// Rules that cannot decide, and allow rules that a deny rule comes too late for.
void check_rule_order(const Subject& subject, Notes& notes);
// Patterns of rules and appliesTo: those that match nothing, those that look like paths, those written twice.
void check_patterns(const Subject& subject, Notes& notes);
// Tests and their combinations that always come out the same, and operands that are hardly meant.
void check_conditions(const Subject& subject, Notes& notes);
// Names without a root that stand for `context.<name>`.
void check_shorthands(const Subject& subject, Notes& notes);

// True for a glob or a prefix that was meant for file paths: `/srv/*`, `src/**`.
[[nodiscard]] bool looks_like_path(std::string_view pattern, bool is_prefix) noexcept;
// Entries of a list that are there twice, or are patterns that lie within another entry. `fallback` is the place of
// values that have none of their own.
void check_entries(std::span<const json::Value> entries, bool are_globs, std::uint32_t fallback, Notes& notes);

}  // namespace guardian::analysis
