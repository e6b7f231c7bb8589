#include "guardian/audit/recovery.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "guardian/audit/event_line.h"
#include "guardian/audit/segment_writer.h"
#include "guardian/base/system_error.h"

namespace guardian::audit {

namespace {

using Found = LineReader::Found;

// The newest event of a segment whose line verifies, and what stands behind it.
struct Tail {
  std::optional<ChainEnd> end;
  std::uint64_t whole_bytes = 0;  // up to the last newline
  std::uint64_t torn_bytes = 0;   // behind it
  bool damaged = false;           // a whole line behind `end` does not verify
};

bool ends_in_newline(const std::string& path, std::uint64_t size) {
  const base::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  char last = 0;
  return fd.valid() && size > 0 && ::pread(fd.get(), &last, 1, static_cast<off_t>(size - 1)) == 1 && last == '\n';
}

base::Result<Tail> read_tail(const std::string& path) {
  GUARDIAN_ASSIGN(LineReader reader, LineReader::open(path));
  Tail tail;
  LineHasher hasher;
  while (true) {
    GUARDIAN_ASSIGN(const auto step, reader.next());
    if (step.found == Found::End) {
      // A line that is too long to be read may be whole all the same: evidence, and not a torn tail.
      if (tail.torn_bytes != 0 && ends_in_newline(path, reader.offset())) {
        tail.whole_bytes = reader.offset();
        tail.torn_bytes = 0;
        tail.damaged = true;
      }
      return tail;
    }
    if (step.found == Found::Line) {
      tail.whole_bytes = reader.offset();
      tail.torn_bytes = 0;
      const auto event = read_event_line(step.text);
      tail.damaged = !event || !hasher.holds(*event);
      if (!tail.damaged) tail.end = ChainEnd{event->seq, std::string(event->hash)};
      continue;
    }
    tail.torn_bytes += step.text.size();
    if (step.found == Found::Partial) return tail;
  }
}

base::Status remove_file(const std::string& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return base::system_error("removing", path, errno);
  return {};
}

// A crash may have come between the head that no longer counts a segment and its removal.
base::Status remove_let_go(std::vector<Segment>& segments, const Head& head) {
  while (segments.size() > 1 && segments[1].first_seq <= head.first_seq) {
    GUARDIAN_TRY(remove_file(segments.front().path));
    segments.erase(segments.begin());
  }
  return {};
}

base::Status cut_torn(const std::string& path, const Tail& tail, Recovered& found) {
  if (tail.torn_bytes == 0) return {};
  GUARDIAN_ASSIGN(SegmentWriter writer, SegmentWriter::reopen(path));
  found.cut_bytes += writer.bytes() - tail.whole_bytes;
  return writer.cut(tail.whole_bytes);
}

// Where the last events are: the last segment may hold none yet.
base::Status find_end(Recovered& found) {
  while (!found.segments.empty()) {
    const Segment& last = found.segments.back();
    GUARDIAN_ASSIGN(const Tail tail, read_tail(last.path));
    GUARDIAN_TRY(cut_torn(last.path, tail, found));
    if (tail.end) found.end = *tail.end;
    if (tail.damaged) found.damage = "the last line of " + segment_name(last.first_seq) + " is not as it was written";
    found.append_to_last = tail.end.has_value() && !tail.damaged;
    if (tail.end || tail.damaged) return {};
    GUARDIAN_TRY(remove_file(last.path));
    found.segments.pop_back();
  }
  return {};
}

}  // namespace

std::optional<std::string> first_prev_of(const Segment& segment) {
  auto reader = LineReader::open(segment.path);
  if (!reader) return std::nullopt;
  const auto step = reader->next();
  if (!step || step->found != Found::Line) return std::nullopt;
  const auto event = read_event_line(step->text);
  if (!event) return std::nullopt;
  return std::string(event->prev);
}

base::Result<Recovered> recover(const std::string& directory) {
  Recovered found;
  GUARDIAN_ASSIGN(found.segments, list_segments(directory));
  GUARDIAN_ASSIGN(const auto head, load_head(directory));
  if (head) {
    found.head = *head;
    GUARDIAN_TRY(remove_let_go(found.segments, *head));
  } else if (!found.segments.empty() && found.segments.front().first_seq > 1) {
    found.head.first_seq = found.segments.front().first_seq;
    found.head.first_prev = first_prev_of(found.segments.front()).value_or(std::string(kNoHash));
  }
  GUARDIAN_TRY(find_end(found));
  // The chain must not say twice what it has said: a number that was given is never given again.
  if (found.end.seq < found.head.last_seq) {
    found.damage = "events " + std::to_string(found.end.seq + 1) + " to " + std::to_string(found.head.last_seq) +
                   " are missing at the end";
    found.end = ChainEnd{found.head.last_seq, found.head.last_hash};
    found.append_to_last = false;
  }
  found.head.last_seq = found.end.seq;
  found.head.last_hash = found.end.hash;
  if (found.head.forwarded > found.end.seq) found.head.forwarded = found.end.seq;
  return found;
}

}  // namespace guardian::audit
