#include "guardian/audit/trail.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "guardian/audit/recovery.h"
#include "guardian/base/file_system.h"
#include "guardian/base/system_error.h"

namespace guardian::audit {

namespace {

constexpr std::uint64_t kSegmentsInStore = 32;
constexpr std::uint64_t kMinSegmentBytes = std::uint64_t{128} << 10;
constexpr std::uint64_t kMaxSegmentBytes = std::uint64_t{16} << 20;
constexpr std::chrono::minutes kPushedOutIsTold{1};
constexpr std::chrono::milliseconds kHeadInterval{5};  // under load; what is left is written by maintain()

// On a small disk a segment is small too: it is what is let go at once when there is no space.
std::uint64_t segment_bytes_for(const StoreOptions& options) {
  std::uint64_t room = options.max_bytes;
  struct statvfs disk = {};
  if (::statvfs(options.directory.c_str(), &disk) == 0) {
    room = std::min<std::uint64_t>(room, std::uint64_t{disk.f_blocks} * disk.f_frsize);
  }
  return std::clamp(room / kSegmentsInStore, kMinSegmentBytes, kMaxSegmentBytes);
}

std::string gap_of(std::string_view cause, std::uint64_t count, std::string_view from, std::string_view last_hash,
                   std::string_view to) {
  std::string gap = R"({"cause":")";
  gap.append(cause).append(R"(","count":)").append(std::to_string(count)).append(R"(,"from":)").append(from);
  return gap.append(R"(,"lastHash":)").append(last_hash).append(R"(,"to":)").append(to).append("}");
}

}  // namespace

Trail::Trail(StoreOptions options, const base::Clock& clock)
    : options_(std::move(options)), clock_(clock), segment_bytes_(segment_bytes_for(options_)), chain_({}) {}

base::Result<Trail::Opened> Trail::open(StoreOptions options, const base::Clock& clock) {
  base::SystemFileSystem files;
  GUARDIAN_TRY(files.make_directories(options.directory));
  GUARDIAN_ASSIGN(auto found, recover(options.directory));
  std::unique_ptr<Trail> trail(new Trail(std::move(options), clock));
  trail->head_ = found.head;
  trail->chain_.rewind(found.end);
  GUARDIAN_TRY(trail->open_directory());
  trail->adopt(std::move(found.segments), found.append_to_last);
  trail->tell_lost_before();
  trail->keep_spare();
  return Opened{std::move(trail), found.cut_bytes, std::move(found.damage)};
}

void Trail::adopt(std::vector<Segment> segments, bool append_to_last) {
  for (Segment& segment : segments) {
    auto writer = SegmentWriter::reopen(segment.path);
    if (!writer) continue;
    const std::uint64_t bytes = writer->bytes();
    if (append_to_last && &segment == &segments.back()) {
      current_ = std::move(writer).value();
      current_first_seq_ = segment.first_seq;
      current_since_ = clock_.monotonic();
    } else {
      sealed_bytes_ += bytes;
      sealed_.push_back({std::move(segment), bytes});
    }
  }
}

base::Status Trail::open_directory() {
  directory_ = base::UniqueFd(::open(options_.directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory_.valid()) return base::system_error("opening", options_.directory, errno);
  return {};
}

void Trail::look_at_directory() {
  struct stat found = {};
  const bool removed = !directory_.valid() || (::fstat(directory_.get(), &found) == 0 && found.st_nlink == 0);
  if (!removed && !(current_ && current_->is_gone())) return;
  const auto left = list_segments(options_.directory);
  const bool empty = !left || left->empty();
  if (removed || (empty && ::access(head_path(options_.directory).c_str(), F_OK) != 0)) return start_anew();
  // Somebody took the newest segment away. The chain goes on, so that it shows.
  current_.reset();
}

// A crash may have come between letting events go and telling of it.
void Trail::tell_lost_before() {
  if (!options_.forwards) return;
  const std::uint64_t known = std::max(head_.forwarded, head_.told);
  if (known + 1 >= head_.first_seq) return;
  removed_ = Removed{known + 1, head_.first_seq - 1, head_.first_prev};
  dropped_ += head_.first_seq - 1 - known;
}

void Trail::start_anew() {
  base::SystemFileSystem files;
  // Where it fails the next write does too, and tells why.
  static_cast<void>(files.make_directories(options_.directory));
  static_cast<void>(open_directory());
  head_ = {};
  ++generation_;
  chain_.rewind({});
  sealed_.clear();
  sealed_bytes_ = 0;
  current_.reset();
  spare_.reset();
  head_file_ = {};
  removed_.reset();
  cleared_ = told_cleared_ = true;
}

bool Trail::write(std::span<const Draft* const> events) {
  look_at_directory();
  bool tried_elsewhere = false;
  while (true) {
    const Written written = put(events);
    if (written == Written::Yes) {
      reason_.clear();
      told_full_ = false;
      return true;
    }
    if (written == Written::NoSpace && make_room()) continue;
    // A file that has reached a limit of its own, or cannot be written any more, is not the whole disk.
    const bool tries = written == Written::Failed && current_ && current_->bytes() != 0 && !tried_elsewhere;
    if (!tries || rotate() != Written::Yes) break;
    tried_elsewhere = true;
  }
  count_unwritten(events.size());
  return false;
}

void Trail::count_unwritten(std::size_t events) {
  if (events == 0) return;
  head_.unwritten += events;
  dropped_ += events;
  if (reason_.empty()) reason_ = "events come faster than they can be written";
  write_head_file(false);
  // A full disk still records that it is full.
  if (told_full_) return;
  if (put({}) == Written::Yes) {
    told_full_ = true;
  } else if (rotate_to_spare()) {
    told_full_ = put({}) == Written::Yes;
  }
}

void Trail::tell_cleared() {
  look_at_directory();
  if (std::exchange(told_cleared_, false)) return;
  cleared_ = true;
  // Else it is told with the next event.
  static_cast<void>(put({}));
}

Written Trail::put(std::span<const Draft* const> events) {
  const base::TimePoint now = clock_.now();
  before_ = chain_.end();
  buffer_.clear();
  for (const Draft& draft : untold()) chain_.append_line(buffer_, draft, now);
  for (const Draft* const draft : events) chain_.append_line(buffer_, *draft, now);
  const bool over = !events.empty() && bytes() + buffer_.size() > options_.max_bytes;
  const bool never = !events.empty() && buffer_.size() > options_.max_bytes / 2;
  if (over) reason_ = "the audit store has reached AUDIT_MAX_BYTES";
  if (never) reason_ = "events of one request are larger than half of AUDIT_MAX_BYTES";
  const Written full = never ? Written::Failed : Written::NoSpace;
  const Written written = over || never ? full : append_lines();
  if (written != Written::Yes) {
    chain_.rewind(before_);
    return written;
  }
  if (options_.durability == Durability::Disk && !sync_lines()) {
    chain_.rewind(before_);
    return Written::Failed;
  }
  head_.unwritten = 0;
  if (removed_) head_.told = removed_->to;
  removed_.reset();
  cleared_ = false;
  head_.last_seq = chain_.end().seq;
  head_.last_hash = chain_.end().hash;
  head_is_behind_ = true;
  if (clock_.monotonic() - head_written_ > kHeadInterval) write_head_file(false);
  return written;
}

// What the system could not bring to the disk is taken back: it was not recorded. What follows goes elsewhere, since
// the system may have forgotten more.
bool Trail::sync_lines() {
  const auto synced = current_->sync();
  if (synced) return true;
  reason_ = synced.error().message();
  static_cast<void>(current_->cut(current_->bytes() - buffer_.size()));
  return false;
}

Written Trail::append_lines() {
  const bool full = current_ && current_->bytes() != 0 && current_->bytes() + buffer_.size() > segment_bytes_;
  if (!current_ || full) {
    // Where there can be no new one, the old one is better than none.
    if (const Written rotated = rotate(); rotated != Written::Yes && !current_) return rotated;
  }
  const Written written = current_->append(buffer_);
  if (written != Written::Yes) reason_ = current_->reason();
  return written;
}

std::vector<Draft> Trail::untold() const {
  std::vector<Draft> drafts;
  if (cleared_) drafts.push_back(DraftBuilder("cache.cleared", options_.sidecar, clock_.now()).finish());
  const auto tell = [&](const std::string& gap) {
    DraftBuilder builder("audit.gap", options_.sidecar, clock_.now());
    drafts.push_back(builder.raw("gap", gap).finish());
  };
  if (removed_) {
    tell(gap_of("dropped-oldest", removed_->to - removed_->from + 1, std::to_string(removed_->from),
                "\"" + removed_->last_hash + "\"", std::to_string(removed_->to)));
  }
  if (head_.unwritten != 0) tell(gap_of("unwritable", head_.unwritten, "null", "null", "null"));
  return drafts;
}

Written Trail::rotate() {
  const std::string path = options_.directory + "/" + segment_name(head_.last_seq + 1);
  auto made = SegmentWriter::create(path, 0);
  if (made.written == Written::Yes) {
    take_over(std::move(*made.writer));
    if (options_.durability == Durability::Disk) ::fsync(directory_.get());
    return Written::Yes;
  }
  reason_ = std::move(made.reason);
  return made.written;
}

bool Trail::rotate_to_spare() {
  if (!spare_ || (current_ && current_->bytes() == 0)) return false;
  const std::string path = options_.directory + "/" + segment_name(head_.last_seq + 1);
  if (::renameat2(AT_FDCWD, spare_->path().c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) != 0) return false;
  if (options_.durability == Durability::Disk) ::fsync(directory_.get());
  spare_->moved_to(path);
  take_over(std::move(*spare_));
  spare_.reset();
  return true;
}

void Trail::take_over(SegmentWriter next) {
  if (current_) {
    current_->seal();
    sealed_bytes_ += current_->bytes();
    sealed_.push_back({{current_->path(), current_first_seq_}, current_->bytes()});
  }
  current_ = std::move(next);
  current_first_seq_ = head_.last_seq + 1;
  current_since_ = clock_.monotonic();
}

base::Result<std::string> Trail::read_newest() const {
  GUARDIAN_ASSIGN(LineReader reader, LineReader::open(current_ ? current_->path() : options_.directory));
  std::string newest;
  while (true) {
    GUARDIAN_ASSIGN(const auto step, reader.next());
    if (step.found == LineReader::Found::End) return newest;
    newest = step.text;
  }
}

std::uint64_t Trail::bytes() const noexcept { return sealed_bytes_ + (current_ ? current_->bytes() : 0); }

std::string Trail::problem() const {
  if (!reason_.empty()) return "audit events cannot be written: " + reason_;
  if (pushed_out_at_ && clock_.monotonic() - *pushed_out_at_ < kPushedOutIsTold) {
    return "the audit store is full: the oldest events were let go before they were sent";
  }
  return {};
}

void Trail::maintain() {
  look_at_directory();
  let_expired_go();
  const bool something_to_tell = head_.unwritten != 0 || removed_ || cleared_;
  // A gap is small: that it fits does not mean that there is room again.
  if ((something_to_tell || !reason_.empty()) && has_room() && put({}) == Written::Yes) {
    reason_.clear();
    told_full_ = false;
  }
  struct stat head = {};
  const bool head_is_gone = head_file_.valid() && ::fstat(head_file_.get(), &head) == 0 && head.st_nlink == 0;
  if (head_is_gone) head_file_ = {};
  if (head_is_gone || head_is_behind_) write_head_file(false);
  keep_spare();
}

void Trail::close() {
  if (current_) current_->seal();
  write_head_file(true);
}

}  // namespace guardian::audit
