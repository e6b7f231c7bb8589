#include "guardian/base/output_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <system_error>

#include "guardian/base/system_error.h"
#include "guardian/base/unique_fd.h"

namespace guardian::base {

namespace {

constexpr int kMaxLinks = 40;  // as the system has it

std::optional<int> standard_stream_of(const struct stat& wanted) {
  for (const int fd : {STDOUT_FILENO, STDERR_FILENO}) {
    struct stat info {};
    if (::fstat(fd, &info) == 0 && info.st_dev == wanted.st_dev && info.st_ino == wanted.st_ino) return fd;
  }
  return std::nullopt;
}

// Where a chain of symbolic links ends, there or not.
Result<std::string> end_of_links(const std::string& path) {
  std::filesystem::path end = path;
  for (int links = 0; links < kMaxLinks; ++links) {
    std::error_code error;
    const std::filesystem::path target = std::filesystem::read_symlink(end, error);
    if (error) return end.string();
    end = end.parent_path() / target;
  }
  return system_error("cannot write", path, ELOOP);
}

Status write_in_place(const std::string& path, std::string_view bytes) {
  UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
  if (!fd.valid()) return system_error("cannot write", path, errno);
  GUARDIAN_TRY(write_all(fd.get(), bytes, path));
  if (!fd.close()) return system_error("cannot write", path, errno);
  return {};
}

Status write_temporary(UniqueFd fd, const std::string& temporary, std::string_view bytes, mode_t mode) {
  GUARDIAN_TRY(write_all(fd.get(), bytes, temporary));
  if (::fchmod(fd.get(), mode) != 0) return system_error("cannot set the mode of", temporary, errno);
  if (!fd.close()) return system_error("cannot write", temporary, errno);
  return {};
}

Status replace(const std::string& path, std::string_view bytes, mode_t mode) {
  std::string temporary = path + ".XXXXXX";
  UniqueFd fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd.valid()) return system_error("cannot create", path, errno);
  Status written = write_temporary(std::move(fd), temporary, bytes, mode);
  if (written.ok() && ::rename(temporary.c_str(), path.c_str()) != 0)
    written = system_error("cannot rename to", path, errno);
  if (!written.ok()) ::unlink(temporary.c_str());
  return written;
}

}  // namespace

Status write_output(const std::string& path, std::string_view bytes) {
  struct stat info {};
  const bool exists = ::stat(path.c_str(), &info) == 0;
  if (exists) {
    if (const auto stream = standard_stream_of(info)) return write_all(*stream, bytes, path);
    if (!S_ISREG(info.st_mode)) return write_in_place(path, bytes);
  }
  GUARDIAN_ASSIGN(const std::string target, end_of_links(path));
  return replace(target, bytes, exists ? info.st_mode & 07777U : 0644U);
}

}  // namespace guardian::base
