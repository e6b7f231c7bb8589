// The few words that generated policies and requests share, so that they meet often: attributes and how they may be
// written, values of each kind, patterns. One thread.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "guardian/json/document.h"
#include "support/naive/random.h"

namespace guardian::testing {

enum class ValueKind { Number, Text, Path, Address, Moment, Flag, Texts, Numbers, Object };

struct Attribute {
  std::string_view path;  // the first way to write it, which also identifies it
  ValueKind kind;
  std::array<std::string_view, 3> other_ways = {};  // as dotted paths; empty ones are not there
  std::string_view shorthand = {};                  // the single name that stands for it, if any
};

// Any attribute, those of the context more often.
[[nodiscard]] const Attribute& pick_attribute(Random& random);

// A value a caller may send for an attribute of that kind, now and then one that some operators cannot take.
[[nodiscard]] json::Value value_of(ValueKind kind, Random& random, json::Document& memory);
// A value of any kind, null included.
[[nodiscard]] json::Value any_value(Random& random, json::Document& memory);
// Text, number, boolean, never null: what stands as a literal.
[[nodiscard]] json::Value scalar(ValueKind kind, Random& random);

// Well-formed operands; static storage.
[[nodiscard]] std::span<const std::string_view> action_globs();
[[nodiscard]] std::span<const std::string_view> actions();
[[nodiscard]] std::span<const std::string_view> resource_globs();
[[nodiscard]] std::span<const std::string_view> resources();
[[nodiscard]] std::span<const std::string_view> text_globs();
[[nodiscard]] std::span<const std::string_view> path_globs();
[[nodiscard]] std::span<const std::string_view> regexes();
[[nodiscard]] std::span<const std::string_view> blocks();
[[nodiscard]] std::span<const std::string_view> moments();

// The words of bundles.
inline constexpr std::array<std::string_view, 9> kAgentIds = {"agent_0", "agent_1", "agent_2", "agent_3", "agent_4",
                                                              "agent_5", "agent_6", "agent_9", "ghost"};
inline constexpr std::size_t kKnownAgents = 7;  // the first ones are in the bundle
inline constexpr std::array<std::string_view, 4> kTiers = {"untrusted", "verified", "trusted", "privileged"};
inline constexpr std::array<std::string_view, 4> kTags = {"support", "ops", "vip", "sup"};
inline constexpr std::array<std::string_view, 2> kOrgs = {"org_a", "org_b"};

}  // namespace guardian::testing
