#include "guardian/base/system_error.h"

#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace guardian::base {

Error system_error(std::string_view doing, const std::string& path, int error_number) {
  const ErrorCode code = error_number == ENOENT ? ErrorCode::NotFound : ErrorCode::Io;
  return Error(code, std::string(doing) + " `" + path + "`: " + std::generic_category().message(error_number));
}

Status write_all(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return system_error("cannot write", path, errno);
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace guardian::base
