#include "guardian/audit/backward_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "guardian/audit/event_line.h"
#include "guardian/base/system_error.h"

namespace guardian::audit {

namespace {

// The first piece is small, for who only wants the last line.
constexpr std::size_t kFirstBytes = std::size_t{8} << 10;
constexpr std::size_t kReadBytes = std::size_t{64} << 10;

}  // namespace

BackwardReader::BackwardReader(base::UniqueFd fd, std::string path, std::uint64_t size)
    : fd_(std::move(fd)), path_(std::move(path)), offset_(size) {}

base::Result<BackwardReader> BackwardReader::open(const std::string& path) {
  base::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return base::system_error("opening", path, errno);
  struct stat found {};
  if (::fstat(fd.get(), &found) != 0) return base::system_error("reading", path, errno);
  return BackwardReader(std::move(fd), path, static_cast<std::uint64_t>(found.st_size));
}

base::Status BackwardReader::fill() {
  const auto wanted =
      static_cast<std::size_t>(std::min<std::uint64_t>(bytes_read_ == 0 ? kFirstBytes : kReadBytes, offset_));
  if (begin_ < wanted) {
    const std::size_t held = end_ - begin_;
    // What is held stays at the end, with room for more pieces in front of it.
    const std::size_t size = std::max(buffer_.size(), 2 * (held + kReadBytes));
    std::vector<char> larger(size);
    if (held != 0) std::memcpy(larger.data() + size - held, buffer_.data() + begin_, held);
    scanned_ += size - end_;
    buffer_ = std::move(larger);
    end_ = size;
    begin_ = size - held;
  }
  std::size_t done = 0;
  while (done < wanted) {
    const ssize_t count = ::pread(fd_.get(), buffer_.data() + begin_ - wanted + done, wanted - done,
                                  static_cast<off_t>(offset_ - wanted + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return base::system_error("reading", path_, errno);
    if (count == 0) return base::Error(base::ErrorCode::Io, "reading `" + path_ + "`: it became shorter");
    done += static_cast<std::size_t>(count);
  }
  begin_ -= wanted;
  offset_ -= wanted;
  bytes_read_ += wanted;
  return {};
}

base::Result<LineReader::Step> BackwardReader::next() {
  using Found = LineReader::Found;
  while (true) {
    const auto* const newline =
        scanned_ > begin_ ? static_cast<const char*>(::memrchr(buffer_.data() + begin_, '\n', scanned_ - begin_))
                          : nullptr;
    const bool at_start = newline == nullptr && offset_ == 0;
    if (newline == nullptr && !at_start) {
      scanned_ = begin_;
      if (end_ - begin_ > kMaxLineBytes + 1) {
        const std::string_view part(buffer_.data() + begin_, end_ - begin_);
        end_ = begin_;
        if (!std::exchange(skipping_, true)) return LineReader::Step{Found::TooLong, part, offset_};
      }
      if (end_ == begin_) begin_ = end_ = scanned_ = buffer_.size();
      GUARDIAN_TRY(fill());
      continue;
    }
    if (at_start && begin_ == end_) return LineReader::Step{Found::End, {}, 0};
    // The text behind the newline; its own newline was taken off with the line after it.
    const std::size_t start = at_start ? begin_ : static_cast<std::size_t>(newline - buffer_.data()) + 1;
    const std::string_view text(buffer_.data() + start, end_ - start);
    const std::uint64_t at = offset_ + (start - begin_);
    end_ = at_start ? begin_ : start - 1;
    scanned_ = end_;
    const bool tail = std::exchange(at_tail_, false);
    if (std::exchange(skipping_, false)) continue;
    if (text.size() > kMaxLineBytes) return LineReader::Step{Found::TooLong, text, at};
    if (!tail) return LineReader::Step{Found::Line, text, at};
    if (!text.empty()) return LineReader::Step{Found::Partial, text, at};
  }
}

}  // namespace guardian::audit
