#include "guardian/base/file_lock.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <system_error>

namespace guardian::base {

namespace {

// Open file description locks: unlike flock(2) they can be asked about without being taken, unlike POSIX locks they do
// not go away with another descriptor of the same process.
struct flock whole_file(short type) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  return lock;
}

int read_process_id(int fd) {
  char text[32];
  const ssize_t got = ::pread(fd, text, sizeof text, 0);
  int process_id = 0;
  if (got > 0) std::from_chars(text, text + got, process_id);
  return process_id;
}

}  // namespace

Result<FileLock> FileLock::try_lock(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd.valid()) {
    return Error(ErrorCode::Io, "cannot open lock `" + path + "`: " + std::generic_category().message(errno));
  }
  const struct flock wanted = whole_file(F_WRLCK);
  if (::fcntl(fd.get(), F_OFD_SETLK, &wanted) != 0) {
    const int process_id = read_process_id(fd.get());
    return Error(ErrorCode::Busy, "`" + path + "` is locked by another process" +
                                      (process_id > 0 ? " (pid " + std::to_string(process_id) + ")" : ""));
  }
  const std::string text = std::to_string(::getpid()) + "\n";
  // The number is for people: on a full disk the lock holds without it.
  if (::ftruncate(fd.get(), 0) == 0) {
    [[maybe_unused]] const ssize_t written = ::pwrite(fd.get(), text.data(), text.size(), 0);
  }
  return FileLock(std::move(fd));
}

int FileLock::holder(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return 0;
  struct flock asked = whole_file(F_WRLCK);
  if (::fcntl(fd.get(), F_OFD_GETLK, &asked) != 0 || asked.l_type == F_UNLCK) return 0;
  return read_process_id(fd.get());
}

}  // namespace guardian::base
