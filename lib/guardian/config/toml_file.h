// Internal to the room: the text of a config file as flat settings. The only user of toml++; its exceptions end here.
// Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "guardian/base/result.h"

namespace guardian::config {

inline constexpr std::size_t kMaxConfigBytes = std::size_t{1} << 20;

struct TomlEntry {
  std::string key;
  std::string value;  // whole numbers and booleans as they are written by hand
  std::size_t line = 0;
};

// The top-level members of a TOML document, in byte order of keys. Malformed with the line and column of what is no
// TOML; InvalidInput for a member that is neither text, a whole number nor a boolean.
[[nodiscard]] base::Result<std::vector<TomlEntry>> parse_toml(std::string_view text);

}  // namespace guardian::config
