#include "guardian/audit/segment.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <utility>

#include "guardian/audit/event_line.h"
#include "guardian/base/system_error.h"

namespace guardian::audit {

namespace {

constexpr std::string_view kSuffix = ".jsonl";
constexpr std::size_t kDigits = 20;
constexpr std::size_t kReadBytes = std::size_t{256} << 10;

}  // namespace

std::string segment_name(std::uint64_t first_seq) {
  const std::string digits = std::to_string(first_seq);
  return std::string(kDigits - digits.size(), '0') + digits + std::string(kSuffix);
}

std::uint64_t first_seq_of(std::string_view name) noexcept {
  if (name.size() != kDigits + kSuffix.size() || !name.ends_with(kSuffix)) return 0;
  std::uint64_t seq = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + kDigits, seq);
  return error == std::errc() && end == name.data() + kDigits ? seq : 0;
}

base::Result<std::vector<Segment>> list_segments(const std::string& directory) {
  const std::unique_ptr<DIR, int (*)(DIR*)> opened(::opendir(directory.c_str()), &::closedir);
  if (opened == nullptr) return base::system_error("reading", directory, errno);
  std::vector<Segment> segments;
  while (true) {
    errno = 0;
    const dirent* const entry = ::readdir(opened.get());
    if (entry == nullptr) break;
    const std::uint64_t seq = first_seq_of(entry->d_name);
    if (seq != 0) segments.push_back({directory + "/" + entry->d_name, seq});
  }
  if (errno != 0) return base::system_error("reading", directory, errno);
  std::ranges::sort(segments, {}, &Segment::first_seq);
  return segments;
}

LineReader::LineReader(base::UniqueFd fd, std::string path, std::uint64_t offset)
    : fd_(std::move(fd)), path_(std::move(path)), offset_(offset), buffer_(kReadBytes) {}

base::Result<LineReader> LineReader::open(const std::string& path, std::uint64_t offset) {
  base::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return base::system_error("opening", path, errno);
  return LineReader(std::move(fd), path, offset);
}

base::Result<bool> LineReader::fill() {
  if (begin_ != 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    scanned_ -= begin_;
    begin_ = 0;
  }
  if (end_ == buffer_.size()) buffer_.resize(std::min(buffer_.size() * 2, kMaxLineBytes + kReadBytes));
  while (true) {
    const ssize_t count =
        ::pread(fd_.get(), buffer_.data() + end_, buffer_.size() - end_, static_cast<off_t>(offset_ + end_));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return base::system_error("reading", path_, errno);
    end_ += static_cast<std::size_t>(count);
    return count != 0;
  }
}

base::Result<LineReader::Step> LineReader::next() {
  while (true) {
    const auto* const newline = static_cast<const char*>(std::memchr(buffer_.data() + scanned_, '\n', end_ - scanned_));
    if (newline != nullptr) {
      const auto stop = static_cast<std::size_t>(newline - buffer_.data());
      const Step step = {Found::Line, {buffer_.data() + begin_, stop - begin_}, offset_};
      offset_ += stop + 1 - begin_;
      begin_ = scanned_ = stop + 1;
      if (std::exchange(skipping_, false)) continue;
      if (step.text.size() > kMaxLineBytes) return Step{Found::TooLong, step.text, step.offset};
      return step;
    }
    scanned_ = end_;
    if (end_ - begin_ > kMaxLineBytes) {
      const Step step = {Found::TooLong, {buffer_.data() + begin_, end_ - begin_}, offset_};
      offset_ += end_ - begin_;
      begin_ = end_;
      if (std::exchange(skipping_, true)) continue;
      return step;
    }
    GUARDIAN_ASSIGN(const bool more, fill());
    if (more) continue;
    if (begin_ == end_ || skipping_) return Step{Found::End, {}, offset_};
    return Step{Found::Partial, {buffer_.data() + begin_, end_ - begin_}, offset_};
  }
}

}  // namespace guardian::audit
