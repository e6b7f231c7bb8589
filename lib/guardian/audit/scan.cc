#include "guardian/audit/scan.h"

#include <algorithm>

#include "guardian/audit/backward_reader.h"
#include "guardian/audit/segment.h"
#include "guardian/audit/segment_times.h"

namespace guardian::audit {

namespace {

using Found = LineReader::Found;
using Visit = std::function<Next(const EventLine&)>;

class Scan {
 public:
  Scan(const Filter& filter, const Visit& visit) : filter_(filter), visit_(visit) {}

  base::Result<Next> segment(const std::string& path, Order order) {
    GUARDIAN_ASSIGN(const bool outside, is_outside(path));
    if (outside) {
      ++scanned_.segments_skipped;
      return Next::GoOn;
    }
    return order == Order::OldestFirst ? forwards(path) : backwards(path);
  }

  [[nodiscard]] const Scanned& scanned() const noexcept { return scanned_; }

 private:
  base::Result<bool> is_outside(const std::string& path) {
    if (!filter_.from() && !filter_.to()) return false;
    GUARDIAN_ASSIGN(const SegmentTimes times, look_at_times(path));
    scanned_.bytes_read += times.bytes_read;
    if (!times.range) return false;
    return (filter_.from() && times.range->last < *filter_.from()) ||
           (filter_.to() && times.range->first > *filter_.to());
  }

  base::Result<Next> forwards(const std::string& path) {
    GUARDIAN_ASSIGN(auto reader, LineReader::open(path));
    Next next = Next::GoOn;
    while (next == Next::GoOn) {
      GUARDIAN_ASSIGN(const auto step, reader.next());
      if (step.found == Found::End || step.found == Found::Partial) break;
      next = line(step);
    }
    scanned_.bytes_read += reader.offset();
    return next;
  }

  base::Result<Next> backwards(const std::string& path) {
    GUARDIAN_ASSIGN(auto reader, BackwardReader::open(path));
    Next next = Next::GoOn;
    while (next == Next::GoOn) {
      GUARDIAN_ASSIGN(const auto step, reader.next());
      if (step.found == Found::End) break;
      if (step.found != Found::Partial) next = line(step);
    }
    scanned_.bytes_read += reader.bytes_read();
    return next;
  }

  Next line(const LineReader::Step& step) {
    if (step.found == Found::Line && !filter_.may_pass(step.text)) return Next::GoOn;
    const auto event = step.found == Found::Line ? read_event_line(step.text) : std::nullopt;
    if (!event) {
      ++scanned_.unreadable;
      return Next::GoOn;
    }
    if (!filter_.passes(*event)) return Next::GoOn;
    ++scanned_.events;
    return visit_(*event);
  }

  const Filter& filter_;
  const Visit& visit_;
  Scanned scanned_;
};

}  // namespace

base::Result<Scanned> scan(const StorePath& store, const Filter& filter, Order order, const Visit& visit) {
  GUARDIAN_ASSIGN(auto segments, store.segments());
  if (order == Order::NewestFirst) std::ranges::reverse(segments);
  Scan scan(filter, visit);
  for (const Segment& segment : segments) {
    const auto next = scan.segment(segment.path, order);
    // Retention let it go while the others were read.
    if (!next && next.error().code() == base::ErrorCode::NotFound && store.file.empty()) continue;
    if (!next) return next.error();
    if (*next == Next::Stop) break;
  }
  return scan.scanned();
}

}  // namespace guardian::audit
