#include "guardian/audit/follow.h"

#include <sys/stat.h>

#include <algorithm>

#include "guardian/audit/backward_reader.h"

namespace guardian::audit {

namespace {

using Found = LineReader::Found;
using Visit = std::function<Next(const EventLine&)>;

std::uint64_t inode_of(const std::string& path) {
  struct stat found {};
  return ::stat(path.c_str(), &found) == 0 ? found.st_ino : 0;
}

// A new file may get the number of the one removed, but not its length at once.
bool is_same_file(const std::string& path, std::uint64_t inode, std::uint64_t offset) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return inode == 0;
  return found.st_ino == inode && static_cast<std::uint64_t>(found.st_size) >= offset;
}

bool is_absent(const base::Error& error) { return error.code() == base::ErrorCode::NotFound; }

// Those there are; none where the directory is not there, as between a clearing and the next event.
base::Result<std::vector<Segment>> segments_of(const StorePath& store) {
  auto segments = store.segments();
  if (!segments && is_absent(segments.error())) return std::vector<Segment>();
  return segments;
}

}  // namespace

void Follower::begin(const Segment& segment) {
  segment_ = segment;
  inode_ = inode_of(segment.path);
  offset_ = 0;
}

bool Follower::is_same() const { return is_same_file(segment_.path, inode_, offset_); }

base::Result<Follower> Follower::at_end(const StorePath& store) {
  Follower follower(store);
  GUARDIAN_ASSIGN(const auto segments, segments_of(store));
  if (segments.empty()) return follower;
  follower.begin(segments.back());
  // The newest event is in the last segment, or in the one before it when that was just begun.
  for (auto segment = segments.rbegin(); segment != segments.rend() && follower.last_seq_ == 0; ++segment) {
    auto reader = BackwardReader::open(segment->path);
    if (!reader && is_absent(reader.error()) && store.file.empty()) continue;
    if (!reader) return reader.error();
    while (follower.last_seq_ == 0) {
      GUARDIAN_ASSIGN(const auto step, reader->next());
      if (step.found == Found::End) break;
      if (step.found != Found::Line) continue;
      const auto event = read_event_line(step.text);
      if (segment == segments.rbegin() && follower.offset_ == 0) follower.offset_ = step.offset + step.text.size() + 1;
      if (event) follower.last_seq_ = event->seq;
    }
  }
  return follower;
}

base::Result<bool> Follower::drain(const Visit& visit) {
  auto reader = LineReader::open(segment_.path, offset_);
  if (!reader && is_absent(reader.error())) return true;
  if (!reader) return reader.error();
  while (true) {
    GUARDIAN_ASSIGN(const auto step, reader->next());
    offset_ = reader->offset();
    if (step.found == Found::End || step.found == Found::Partial) return true;
    const auto event = step.found == Found::Line ? read_event_line(step.text) : std::nullopt;
    if (!event) continue;
    last_seq_ = event->seq;
    if (visit(*event) == Next::Stop) return false;
  }
}

base::Result<bool> Follower::advance(const Visit& visit) {
  GUARDIAN_ASSIGN(const auto segments, segments_of(store_));
  if (segments.empty()) return false;
  const auto is_newer = [this](const Segment& segment) { return segment.first_seq > segment_.first_seq; };
  const auto next = std::ranges::find_if(segments, is_newer);
  if (next != segments.end()) {
    // What was appended to the old one before the new one was begun.
    GUARDIAN_ASSIGN(const bool more, is_same() ? drain(visit) : base::Result<bool>(true));
    begin(*next);
    return more;
  }
  // The store was cleared and begins anew.
  if (segments.back().first_seq == segment_.first_seq && is_same()) return false;
  begin(segments.front());
  return true;
}

base::Status Follower::poll(const Visit& visit) {
  while (true) {
    if (!segment_.path.empty() && is_same()) {
      GUARDIAN_ASSIGN(const bool more, drain(visit));
      if (!more) return {};
    }
    GUARDIAN_ASSIGN(const bool advanced, advance(visit));
    if (!advanced) return {};
  }
}

}  // namespace guardian::audit
