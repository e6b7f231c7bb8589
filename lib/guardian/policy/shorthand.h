// The unrooted single names of published policies as map keys (policy.md section 4): `tags`, `amount_max`,
// `recipientPattern`, `amount`.
#pragma once

#include <optional>
#include <string_view>

#include "guardian/base/result.h"
#include "guardian/json/value.h"
#include "guardian/policy/attribute.h"
#include "guardian/policy/operator.h"

namespace guardian::policy {

struct Shorthand {
  Attribute attribute;
  std::optional<Operator> op;   // what the key says of the value; nullopt for a key that only names an attribute
  bool names_operator = false;  // the key itself holds the operator (`amount_max`)
};

// `key` is an identifier that is no root. PolicyInvalid (without a place) when it begins with a root's name, or its
// value is not what the shorthand takes.
[[nodiscard]] base::Result<Shorthand> read_shorthand(std::string_view key, const json::Value& value);

}  // namespace guardian::policy
