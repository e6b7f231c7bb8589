// What a trail lets go: what is old and sent, and what AUDIT_FULL allows to when there is no space.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "guardian/audit/recovery.h"
#include "guardian/audit/trail.h"
#include "guardian/base/system_error.h"

namespace guardian::audit {

namespace {

constexpr std::uint64_t kSpareBytes = std::uint64_t{64} << 10;
constexpr std::uint64_t kRoomWanted = std::uint64_t{64} << 10;  // before a full store counts as writable
constexpr std::chrono::hours kMaxSegmentAge{24};
constexpr int kSegmentsInRetention = 8;

// When a segment was last written to; the epoch where that cannot be told.
base::TimePoint written_at(const std::string& path) {
  struct stat found = {};
  if (::stat(path.c_str(), &found) != 0) return {};
  return base::to_time_point({found.st_mtim.tv_sec, static_cast<std::uint32_t>(found.st_mtim.tv_nsec)});
}

}  // namespace

std::uint64_t Trail::last_seq_of(std::size_t sealed) const {
  if (sealed + 1 < sealed_.size()) return sealed_[sealed + 1].segment.first_seq - 1;
  return current_ ? current_first_seq_ - 1 : head_.last_seq;
}

bool Trail::is_sent(std::size_t sealed) const { return !options_.forwards || last_seq_of(sealed) <= head_.forwarded; }

std::string Trail::hash_after(std::size_t sealed) const {
  const bool has_next = sealed + 1 < sealed_.size();
  if (!has_next && (!current_ || current_->bytes() == 0)) return chain_.end().hash;
  const Segment next = has_next ? sealed_[sealed + 1].segment : Segment{current_->path(), current_first_seq_};
  return first_prev_of(next).value_or(std::string(kNoHash));
}

bool Trail::make_room() {
  const bool may_push_out = options_.when_full == WhenFull::DropOldest;
  const auto may_go = [&](bool sent) { return sent || may_push_out; };
  if (!sealed_.empty()) {
    if (!may_go(is_sent(0))) return false;
    let_oldest_go();
    return true;
  }
  const bool current_is_sent = !options_.forwards || head_.last_seq <= head_.forwarded;
  return may_go(current_is_sent) && rotate_to_spare();
}

// The head first: a crash between leaves a segment that it no longer counts, and recovery removes that.
void Trail::let_oldest_go() {
  const Sealed oldest = sealed_.front();
  const bool sent = is_sent(0);
  const std::uint64_t last = last_seq_of(0);
  const std::string hash = hash_after(0);
  head_.first_seq = last + 1;
  head_.first_prev = hash;
  write_head_file(true);
  ::unlink(oldest.segment.path.c_str());
  sealed_bytes_ -= oldest.bytes;
  sealed_.erase(sealed_.begin());
  if (sent) return;
  const std::uint64_t from = std::max(oldest.segment.first_seq, head_.forwarded + 1);
  if (from > last) return;
  removed_ = Removed{removed_ ? removed_->from : from, last, hash};
  dropped_ += last - from + 1;
  pushed_out_at_ = clock_.monotonic();
}

void Trail::let_expired_go() {
  const base::TimePoint now = clock_.now();
  const auto age = std::min<std::chrono::nanoseconds>(options_.retention / kSegmentsInRetention, kMaxSegmentAge);
  if (current_ && current_->bytes() != 0 && clock_.monotonic() - current_since_ > age) static_cast<void>(rotate());
  while (!sealed_.empty() && is_sent(0) && written_at(sealed_.front().segment.path) + options_.retention < now) {
    let_oldest_go();
  }
}

bool Trail::has_room() {
  if (bytes() + kRoomWanted > options_.max_bytes) return false;
  return !current_ || current_->reserve_ahead(kRoomWanted);
}

void Trail::keep_spare() {
  if (spare_) return;
  // One of an earlier run may be there without the space it held.
  const std::string path = options_.directory + "/spare";
  ::unlink(path.c_str());
  spare_ = SegmentWriter::create(path, kSpareBytes).writer;
}

base::Status Trail::acknowledge(std::uint64_t seq) {
  if (seq <= head_.forwarded) return {};
  head_.forwarded = std::min(seq, head_.last_seq);
  write_head_file(true);
  return {};
}

// It stands beside what it describes: where it cannot be written, less is proved, and nothing lost.
void Trail::write_head_file(bool sync) {
  if (!head_file_.valid()) {
    const std::string path = head_path(options_.directory);
    head_file_ = base::UniqueFd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!head_file_.valid()) return;
  }
  head_is_behind_ = false;
  head_written_ = clock_.monotonic();
  const std::string text = write_head(head_);
  [[maybe_unused]] const ssize_t count = ::pwrite(head_file_.get(), text.data(), text.size(), 0);
  if (sync) {
    [[maybe_unused]] const int result = ::fdatasync(head_file_.get());
  }
}

}  // namespace guardian::audit
