// Reading members of policies by name, and equality of JSON values, for the oracle. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "guardian/json/value.h"

namespace guardian::testing {

// `trustTier` is `trust_tier`.
[[nodiscard]] std::string snake_case(std::string_view camel);
// True for the name itself and its snake_case spelling.
[[nodiscard]] bool is_name(std::string_view written, std::string_view camel);

// The member under either spelling, nullptr when there is none.
[[nodiscard]] const json::Value* field(const json::Value& object, std::string_view camel);
// The text of a member, or `otherwise`.
[[nodiscard]] std::string_view text_field(const json::Value& object, std::string_view camel,
                                          std::string_view otherwise);

// policy.md section 4, `equals`: numbers by value, lists and objects deeply.
[[nodiscard]] bool same_value(const json::Value& a, const json::Value& b);

}  // namespace guardian::testing
