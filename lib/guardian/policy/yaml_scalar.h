// What a YAML scalar is: the core schema of YAML 1.2 for plain scalars, and the core tags for tagged ones. Pure; any
// thread.
#pragma once

#include <string_view>

#include "guardian/base/result.h"
#include "guardian/json/value.h"

namespace guardian::policy {

// `tag` is empty for none, else in full (`tag:yaml.org,2002:int`, or `!`). The text of a text value is borrowed.
// Malformed (without a place) for a tag beyond the core schema, text that is not what its tag says, `.nan`, `.inf`,
// numbers out of range and integers beyond +-2^53.
[[nodiscard]] base::Result<json::Value> resolve_scalar(std::string_view text, std::string_view tag, bool plain);

// True for no tag and for the tags of the core schema that a collection may carry.
[[nodiscard]] bool is_list_tag(std::string_view tag) noexcept;
[[nodiscard]] bool is_map_tag(std::string_view tag) noexcept;

}  // namespace guardian::policy
