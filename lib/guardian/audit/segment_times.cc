#include "guardian/audit/segment_times.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "guardian/audit/backward_reader.h"
#include "guardian/audit/event_line.h"
#include "guardian/base/system_error.h"

namespace guardian::audit {

namespace {

constexpr std::uint64_t kLooks = 16;
constexpr std::size_t kLookBytes = std::size_t{2} << 10;
constexpr std::size_t kMaxLookBytes = 2 * kMaxLineBytes;

std::optional<base::TimePoint> time_of(std::string_view line) {
  const auto event = read_event_line(line);
  if (!event) return std::nullopt;
  const auto instant = base::parse_rfc3339(event->time);
  if (!instant) return std::nullopt;
  return base::to_time_point(*instant);
}

class Looker {
 public:
  Looker(int fd, const std::string& path, SegmentTimes& times) : fd_(fd), path_(path), times_(times) {}

  // The time of the first whole event that begins at `offset` or behind it; nullopt where there is none.
  base::Result<std::optional<base::TimePoint>> at(std::uint64_t offset) {
    // One byte before tells whether a line begins right there.
    const std::uint64_t from = offset == 0 ? 0 : offset - 1;
    text_.clear();
    while (text_.size() < kMaxLookBytes) {
      GUARDIAN_ASSIGN(const bool more, read_more(from));
      const std::size_t begin = offset == 0 ? 0 : text_.find('\n') + 1;
      const bool begins = offset == 0 || begin != 0;
      const std::size_t end = begins ? text_.find('\n', begin) : std::string::npos;
      if (end != std::string::npos) return time_of(std::string_view(text_).substr(begin, end - begin));
      if (!more) break;
    }
    return std::optional<base::TimePoint>();
  }

 private:
  base::Result<bool> read_more(std::uint64_t from) {
    const std::size_t held = text_.size();
    text_.resize(std::max(2 * held, kLookBytes));
    while (true) {
      const ssize_t count = ::pread(fd_, text_.data() + held, text_.size() - held, static_cast<off_t>(from + held));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return base::system_error("reading", path_, errno);
      text_.resize(held + static_cast<std::size_t>(count));
      times_.bytes_read += static_cast<std::uint64_t>(count);
      return count != 0;
    }
  }

  int fd_;
  const std::string& path_;
  SegmentTimes& times_;
  std::string text_;
};

base::Result<std::optional<base::TimePoint>> last_time(const std::string& path, SegmentTimes& times) {
  GUARDIAN_ASSIGN(auto reader, BackwardReader::open(path));
  GUARDIAN_ASSIGN(auto step, reader.next());
  if (step.found == LineReader::Found::Partial) {
    GUARDIAN_ASSIGN(step, reader.next());
  }
  times.bytes_read += reader.bytes_read();
  return step.found == LineReader::Found::Line ? time_of(step.text) : std::nullopt;
}

}  // namespace

base::Result<SegmentTimes> look_at_times(const std::string& path) {
  SegmentTimes times;
  const base::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return base::system_error("opening", path, errno);
  struct stat found {};
  if (::fstat(fd.get(), &found) != 0) return base::system_error("reading", path, errno);
  const auto size = static_cast<std::uint64_t>(found.st_size);
  GUARDIAN_ASSIGN(const auto last, last_time(path, times));
  if (!last) return times;
  Looker look(fd.get(), path, times);
  std::optional<base::TimePoint> first;
  std::optional<base::TimePoint> newest;
  for (std::uint64_t i = 0; i < kLooks; ++i) {
    GUARDIAN_ASSIGN(const auto time, look.at(size / kLooks * i));
    if (!time && i == 0) return times;
    // There is none behind the start of the last line, and what is no event has no time.
    if (!time) continue;
    if (!first) first = time;
    if (newest && *time + kTimeMargin < *newest) return times;
    newest = newest ? std::max(*newest, *time) : *time;
  }
  if (*last + kTimeMargin < *newest) return times;
  times.range = SegmentTimes::Range{std::min(*first, *last) - kTimeMargin, std::max(*newest, *last) + kTimeMargin};
  return times;
}

}  // namespace guardian::audit
