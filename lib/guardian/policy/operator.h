// The operators of policy.md section 4: their names in maps and in text, and which are negations of another.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace guardian::policy {

enum class Operator : std::uint8_t {
  Equals,
  In,
  Lt,
  Lte,
  Gt,
  Gte,
  Between,
  Matches,
  PathMatches,
  Regex,
  StartsWith,
  EndsWith,
  Contains,
  ContainsAll,
  Cidr,
  Some,
  Every,
  Exists,
};

// An operator as a policy writes it: `notEquals` is Equals, negated.
struct WrittenOperator {
  Operator op = Operator::Equals;
  bool negated = false;
  friend bool operator==(const WrittenOperator&, const WrittenOperator&) = default;
};

// A map key in either spelling; nullopt for anything that is no operator.
[[nodiscard]] std::optional<WrittenOperator> find_operator(std::string_view key) noexcept;

// `equals`, `notEquals`, and for negations without a name of their own `not lt` (policy.md section 8).
[[nodiscard]] std::string_view operator_name(Operator op, bool negated) noexcept;

// `; did you mean `startsWith`?` or empty.
[[nodiscard]] std::string did_you_mean_operator(std::string_view written);

}  // namespace guardian::policy
