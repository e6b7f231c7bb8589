// What the files of this room say of a system call that failed, and the one call that all of them loop over.
#pragma once

#include <string>
#include <string_view>

#include "guardian/base/result.h"

namespace guardian::base {

// "<doing> `<path>`: <reason>"; NotFound for ENOENT, else Io.
[[nodiscard]] Error system_error(std::string_view doing, const std::string& path, int error_number);

// All of `bytes` to a file that is open for writing. `path` is for the error; a failure may leave a part written.
[[nodiscard]] Status write_all(int fd, std::string_view bytes, const std::string& path);

}  // namespace guardian::base
