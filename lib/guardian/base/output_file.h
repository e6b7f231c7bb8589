// A report where the user wants it, by the rules that people know from redirection, but whole or not at all.
#pragma once

#include <string>
#include <string_view>

#include "guardian/base/result.h"

namespace guardian::base {

// Writes `bytes` to `path`. A file is replaced in one step and keeps its mode, a new one is 0644; a symbolic link is
// followed; what is no file (a terminal, a pipe, /dev/null), and whatever standard output or error is open to, is
// written to as it stands. Unlike replace_file this survives no loss of power. Errors: NotFound, Io; a file that could
// not be replaced is as it was. Any thread.
[[nodiscard]] Status write_output(const std::string& path, std::string_view bytes);

}  // namespace guardian::base
