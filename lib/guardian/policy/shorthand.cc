#include "guardian/policy/shorthand.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "guardian/policy/place.h"

namespace guardian::policy {

namespace {

struct Suffix {
  std::string_view snake;
  std::string_view camel;
  Operator op;
};

constexpr std::array kSuffixes{
    Suffix{"_pattern", "Pattern", Operator::Matches},
    Suffix{"_contains", "Contains", Operator::Contains},
    Suffix{"_min", "Min", Operator::Gte},
    Suffix{"_max", "Max", Operator::Lte},
    Suffix{"_range", "Range", Operator::Between},
};

base::Error refuse(std::string message) { return {base::ErrorCode::PolicyInvalid, std::move(message)}; }

// The X of `X_min`, or empty.
std::string_view stem(std::string_view key, const Suffix& suffix) noexcept {
  for (const auto end : {suffix.snake, suffix.camel}) {
    if (key.size() > end.size() && key.ends_with(end)) return key.substr(0, key.size() - end.size());
  }
  return {};
}

base::Result<Shorthand> tags(const json::Value& value) {
  const bool texts = value.is_list() && std::ranges::all_of(value.as_list(), &json::Value::is_text);
  if (!texts && !value.is_text()) {
    return refuse("`tags` takes a list of tags or one tag (write `agent.tags` for other tests)");
  }
  return Shorthand{{Root::AgentTags, {}, "agent.tags"}, texts ? Operator::In : Operator::Contains, false};
}

}  // namespace

base::Result<Shorthand> read_shorthand(std::string_view key, const json::Value& value) {
  if (key == "tags") return tags(value);
  for (const auto& suffix : kSuffixes) {
    const std::string_view name = stem(key, suffix);
    if (name.empty()) continue;
    if (const auto root = root_that_begins(name); !root.empty()) {
      return refuse(quoted(key) + " begins with the root " + quoted(root) + ": write the path and the operator `" +
                    std::string(operator_name(suffix.op, false)) + "`");
    }
    if (value.is_object()) return refuse(quoted(key) + " takes a plain operand, not a map");
    const std::string segment(name);
    if (segment == "resource") return Shorthand{{Root::Resource, {}, segment}, suffix.op, true};
    const std::array<std::string, 2> path{"context", segment};
    GUARDIAN_ASSIGN(auto attribute, make_attribute(path));
    return Shorthand{std::move(attribute), suffix.op, true};
  }
  const std::string segment(key);
  GUARDIAN_ASSIGN(auto attribute, make_attribute(std::span(&segment, 1)));
  return Shorthand{std::move(attribute), std::nullopt, false};
}

}  // namespace guardian::policy
