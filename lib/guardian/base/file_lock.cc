#include "guardian/base/file_lock.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
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

constexpr std::size_t kMaxContentBytes = 1024;

// The process id, and on a line of its own the note.
std::string read_content(int fd) {
  char text[kMaxContentBytes];
  const ssize_t got = ::pread(fd, text, sizeof text, 0);
  return std::string(text, got > 0 ? static_cast<std::size_t>(got) : 0);
}

int read_process_id(int fd) {
  const std::string text = read_content(fd);
  int process_id = 0;
  std::from_chars(text.data(), text.data() + text.size(), process_id);
  return process_id;
}

bool is_held(int fd) {
  struct flock asked = whole_file(F_WRLCK);
  return ::fcntl(fd, F_OFD_GETLK, &asked) == 0 && asked.l_type != F_UNLCK;
}

// It is for people and for `guardian sync`: on a full disk the lock holds without it.
void write_content(int fd, const std::string& text) {
  if (::ftruncate(fd, 0) != 0) return;
  [[maybe_unused]] const ssize_t written = ::pwrite(fd, text.data(), text.size(), 0);
}

std::string own_process_id() { return std::to_string(::getpid()) + "\n"; }

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
  write_content(fd.get(), own_process_id());
  return FileLock(std::move(fd));
}

int FileLock::holder(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid() || !is_held(fd.get())) return 0;
  return read_process_id(fd.get());
}

std::string FileLock::note(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid() || !is_held(fd.get())) return {};
  std::string text = read_content(fd.get());
  text.erase(0, std::min(text.size(), text.find('\n') + 1));
  return text.substr(0, text.find('\n'));
}

void FileLock::write_note(const std::string& line) { write_content(fd_.get(), own_process_id() + line + "\n"); }

}  // namespace guardian::base
