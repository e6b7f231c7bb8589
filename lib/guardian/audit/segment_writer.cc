#include "guardian/audit/segment_writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "guardian/base/system_error.h"

namespace guardian::audit {

namespace {

constexpr std::uint64_t kReserveAhead = std::uint64_t{256} << 10;

Written outcome_of(int error_number) noexcept {
  return error_number == ENOSPC || error_number == EDQUOT ? Written::NoSpace : Written::Failed;
}

}  // namespace

SegmentWriter::Made SegmentWriter::create(const std::string& path, std::uint64_t reserve) {
  base::UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd.valid()) {
    const int reason = errno;
    return {outcome_of(reason), std::nullopt, base::system_error("making", path, reason).message()};
  }
  SegmentWriter made(std::move(fd), path, 0);
  const Written reserved = reserve == 0 ? Written::Yes : made.reserve(reserve);
  if (reserved == Written::Yes) return {reserved, std::move(made), {}};
  ::unlink(path.c_str());
  return {reserved, std::nullopt, made.reason_};
}

base::Result<SegmentWriter> SegmentWriter::reopen(const std::string& path) {
  base::UniqueFd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (!fd.valid()) return base::system_error("opening", path, errno);
  struct stat found = {};
  if (::fstat(fd.get(), &found) != 0) return base::system_error("reading", path, errno);
  return SegmentWriter(std::move(fd), path, static_cast<std::uint64_t>(found.st_size));
}

Written SegmentWriter::failed(int error_number) {
  reason_ = base::system_error("writing", path_, error_number).message();
  return outcome_of(error_number);
}

Written SegmentWriter::reserve(std::uint64_t end) {
#ifdef __linux__
  if (!reserves_ || end <= reserved_) return Written::Yes;
  int result = 0;
  do {
    result =
        ::fallocate(fd_.get(), FALLOC_FL_KEEP_SIZE, static_cast<off_t>(reserved_), static_cast<off_t>(end - reserved_));
  } while (result != 0 && errno == EINTR);
  if (result != 0 && (errno == EOPNOTSUPP || errno == ENOSYS)) {
    reserves_ = false;
  } else if (result != 0) {
    return failed(errno);
  }
  reserved_ = end;
#endif
  return Written::Yes;
}

Written SegmentWriter::append(std::string_view lines) {
  const std::uint64_t end = bytes_ + lines.size();
  if (end > reserved_) {
    // The last of a disk may hold the lines and no more.
    const bool ahead = reserve(end + kReserveAhead) == Written::Yes;
    const Written reserved = ahead ? Written::Yes : reserve(end);
    if (reserved != Written::Yes) return reserved;
  }
  std::uint64_t at = bytes_;
  while (!lines.empty()) {
    const ssize_t count = ::pwrite(fd_.get(), lines.data(), lines.size(), static_cast<off_t>(at));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      const int reason = count == 0 ? ENOSPC : errno;
      [[maybe_unused]] const int cut = ::ftruncate(fd_.get(), static_cast<off_t>(bytes_));
      reserved_ = bytes_;
      return failed(reason);
    }
    at += static_cast<std::uint64_t>(count);
    lines.remove_prefix(static_cast<std::size_t>(count));
  }
  bytes_ = at;
  reserved_ = std::max(reserved_, bytes_);
  return Written::Yes;
}

base::Status SegmentWriter::sync() {
  if (::fdatasync(fd_.get()) != 0) return base::system_error("syncing", path_, errno);
  return {};
}

void SegmentWriter::seal() {
  // What is not given back is only space.
  [[maybe_unused]] const int result = ::ftruncate(fd_.get(), static_cast<off_t>(bytes_));
  reserved_ = bytes_;
}

base::Status SegmentWriter::cut(std::uint64_t bytes) {
  if (::ftruncate(fd_.get(), static_cast<off_t>(bytes)) != 0) return base::system_error("cutting", path_, errno);
  bytes_ = reserved_ = bytes;
  return {};
}

bool SegmentWriter::is_gone() const noexcept {
  struct stat found = {};
  return ::fstat(fd_.get(), &found) == 0 && found.st_nlink == 0;
}

}  // namespace guardian::audit
