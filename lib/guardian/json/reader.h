// The one way foreign JSON comes in: bounded and strict (RFC 8259, and tighter). Refused with a place: anything but one
// value with only white space around it, a byte-order mark, invalid UTF-8, lone surrogates, duplicate keys in an
// object, depth past the limit, numbers a double cannot hold, integers beyond +-2^53 where exact ones are asked for.
// Pure; any thread. Never recursive on input. Only file that sees RapidJSON's reader.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

#include "guardian/base/result.h"
#include "guardian/json/document.h"

namespace guardian::json {

enum class Integers {
  Exact,      // an integer literal outside +-2^53 is an error (requests, policies)
  Unsigned64  // integer literals up to 2^64-1 are kept exactly (a bundle's version); beyond is an error
};

struct ReadLimits {
  std::size_t max_bytes = std::size_t{1} << 20;  // TooLarge past it; at most 4 GiB - 1 whatever is set
  std::size_t max_depth = 64;                    // the root's list or object counts 1; TooLarge past it
  std::size_t max_values = std::numeric_limits<std::size_t>::max();  // of all kinds; TooLarge past it
  Integers integers = Integers::Exact;
};

// The text is only read during the call: the document owns copies of all it needs.
// Errors: Malformed with `line L column C: ...`, TooLarge for the size limits. An error inside an object names the
// member as a path (`context.amount`), also with Malformed.
[[nodiscard]] base::Result<Document> parse(std::string_view text, const ReadLimits& limits = {});

// `line L column C` of a byte offset, both from 1, columns in code points.
struct Location {
  std::size_t line = 1;
  std::size_t column = 1;
};
[[nodiscard]] Location locate(std::string_view text, std::size_t offset) noexcept;
[[nodiscard]] std::string to_string(const Location& location);

}  // namespace guardian::json
