#include "guardian/base/file_system.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "guardian/base/system_error.h"
#include "guardian/base/unique_fd.h"

namespace guardian::base {

namespace {

std::string parent_of(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

// True when what was opened without blocking blocks from now on.
bool blocks_again(int fd) noexcept {
  const int flags = ::fcntl(fd, F_GETFL);
  return flags >= 0 && (flags & O_NONBLOCK) != 0 && ::fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) == 0;
}

// For a new file or the remains of an old one. The mode of open() counts only for a new file, and the umask may have
// narrowed it.
Result<UniqueFd> open_empty(const std::string& path, mode_t mode) {
  UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode));
  if (!fd.valid()) return system_error("cannot create", path, errno);
  if (::fchmod(fd.get(), mode) != 0) return system_error("cannot set the mode of", path, errno);
  return fd;
}

class SystemAppendFile final : public AppendFile {
 public:
  SystemAppendFile(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

  Status append(std::string_view bytes) override { return write_all(fd_.get(), bytes, path_); }
  Status sync() override {
    if (::fdatasync(fd_.get()) != 0) return system_error("cannot sync", path_, errno);
    return {};
  }

 private:
  UniqueFd fd_;
  std::string path_;
};

}  // namespace

Result<std::string> SystemFileSystem::read_file(const std::string& path, std::size_t max_bytes) {
  // Opening a pipe that nobody writes to would wait without end; reading one says so at once.
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd.valid()) return system_error("cannot read", path, errno);
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return system_error("cannot read", path, errno);
  if (S_ISDIR(info.st_mode)) return system_error("cannot read", path, EISDIR);
  std::string content;
  // One byte past the cap tells a file that is too large from one that fits exactly.
  char block[64 * 1024];
  while (true) {
    const ssize_t got = ::read(fd.get(), block, sizeof block);
    if (got < 0) {
      if (errno == EINTR || (errno == EAGAIN && blocks_again(fd.get()))) continue;
      return system_error("cannot read", path, errno);
    }
    if (got == 0 && content.empty() && S_ISFIFO(info.st_mode)) {
      return Error(ErrorCode::Io, "cannot read `" + path + "`: a pipe that nobody writes to");
    }
    if (got == 0) return content;
    content.append(block, static_cast<std::size_t>(got));
    if (content.size() > max_bytes) {
      return Error(ErrorCode::TooLarge, "`" + path + "` is larger than " + std::to_string(max_bytes) + " bytes");
    }
  }
}

Status SystemFileSystem::write_and_sync(const std::string& path, std::string_view bytes, FileAccess access) {
  const mode_t mode = access == FileAccess::OwnerOnly ? 0600 : 0644;
  GUARDIAN_ASSIGN(UniqueFd fd, open_empty(path, mode));
  GUARDIAN_TRY(write_all(fd.get(), bytes, path));
  if (::fsync(fd.get()) != 0) return system_error("cannot sync", path, errno);
  if (!fd.close()) return system_error("cannot write", path, errno);
  return {};
}

Result<std::unique_ptr<AppendFile>> SystemFileSystem::create(const std::string& path) {
  GUARDIAN_ASSIGN(UniqueFd fd, open_empty(path, 0600));
  return std::unique_ptr<AppendFile>(std::make_unique<SystemAppendFile>(std::move(fd), path));
}

Status SystemFileSystem::rename(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return system_error("cannot rename to", to, errno);
  return {};
}

Status SystemFileSystem::link(const std::string& from, const std::string& to) {
  if (::link(from.c_str(), to.c_str()) != 0 && errno != EEXIST) return system_error("cannot link to", to, errno);
  return {};
}

Status SystemFileSystem::sync_directory(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) return system_error("cannot open directory", path, errno);
  if (::fsync(fd.get()) != 0) return system_error("cannot sync directory", path, errno);
  return {};
}

Status SystemFileSystem::make_directories(const std::string& path) {
  std::filesystem::path made;
  for (const auto& part : std::filesystem::path(path)) {
    made /= part;
    if (made.string().empty() || std::filesystem::path(made).relative_path().empty()) continue;
    if (::mkdir(made.c_str(), 0700) != 0 && errno != EEXIST) {
      return system_error("cannot make directory", made.string(), errno);
    }
  }
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return system_error("cannot make directory", path, errno);
  if (!S_ISDIR(info.st_mode)) return system_error("cannot make directory", path, ENOTDIR);
  return {};
}

Status SystemFileSystem::remove_all(const std::string& path) {
  std::error_code error;
  std::filesystem::remove_all(path, error);
  if (error) return Error(ErrorCode::Io, "cannot remove `" + path + "`: " + error.message());
  return {};
}

Result<std::vector<DirectoryEntry>> SystemFileSystem::list(const std::string& path) {
  std::error_code error;
  std::filesystem::directory_iterator iterator(path, error);
  std::vector<DirectoryEntry> entries;
  while (!error && iterator != std::filesystem::directory_iterator()) {
    std::error_code ignored;
    entries.push_back({iterator->path().filename().string(), iterator->is_directory(ignored)});
    iterator.increment(error);
  }
  if (error) return system_error("cannot list", path, error.value());
  std::ranges::sort(entries, {}, &DirectoryEntry::name);
  return entries;
}

Status replace_file(FileSystem& files, const std::string& path, std::string_view bytes, FileAccess access) {
  const std::string temporary = path + ".tmp";
  auto written = files.write_and_sync(temporary, bytes, access);
  if (written.ok()) written = files.rename(temporary, path);
  if (!written.ok()) {
    // The first failure is the one to report; a temporary file that stays is overwritten next time.
    (void)files.remove_all(temporary);
    return written;
  }
  return files.sync_directory(parent_of(path));
}

}  // namespace guardian::base
