// YAML 1.2 core schema in, strict (policy.md section 1): one UTF-8 document; anchors and aliases, but no merge keys, no
// tags beyond the core schema, no duplicate or non-string keys, no recursion. The only file that sees libyaml.
#pragma once

#include <cstddef>
#include <string_view>

#include "guardian/base/result.h"
#include "guardian/json/document.h"

namespace guardian::policy {

struct YamlLimits {
  std::size_t max_bytes = std::size_t{16} << 20;  // of one file; TooLarge past it
  std::size_t max_depth = 32;                     // the root counts 1; also past aliases
  std::size_t max_nodes = 200'000;                // after alias expansion
};

// Reads one document. Every Value carries the byte offset of its node in `text` (json::locate turns it into line and
// column; an aliased node carries the place of its anchor). Plain scalars resolve as the core schema says (null ~ true
// false, decimal, 0o, 0x, floats); .nan, .inf and integers beyond +-2^53 are errors. Errors: Malformed or TooLarge,
// `line L column C: ...`. Pure; any thread.
[[nodiscard]] base::Result<json::Document> parse_yaml(std::string_view text, const YamlLimits& limits = {});

}  // namespace guardian::policy
