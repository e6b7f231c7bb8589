#include "guardian/audit/batch.h"

#include <algorithm>
#include <utility>

#include "guardian/audit/event_line.h"
#include "guardian/json/writer.h"

namespace guardian::audit {

namespace {

constexpr std::string_view kClosing = "]}";

std::string opening_for(std::string_view sidecar) {
  std::string opening = "{\"sidecar\":";
  json::append_quoted(opening, sidecar);
  return opening + ",\"events\":[";
}

}  // namespace

// One read: takes lines until the batch is full or there are none left.
class BatchReader::Filling {
 public:
  enum class Ended { Segment, Batch };

  Filling(const std::string& opening, std::uint64_t after, std::uint64_t last, std::size_t max_events)
      : opening_(opening), after_(after), last_(last), max_events_(max_events) {}

  // `next` is where the segment behind it begins: what claims to be from there on is not of the chain, which went on
  // without it. 0: it is the newest one, and what has no newline at its end is just being written.
  [[nodiscard]] base::Result<Ended> read_segment(const Segment& segment, std::uint64_t offset, std::uint64_t before,
                                                 std::uint64_t next) {
    auto opened = LineReader::open(segment.path, offset);
    // Let go by the store since it was listed.
    if (!opened && opened.error().code() == base::ErrorCode::NotFound) return Ended::Segment;
    GUARDIAN_ASSIGN(LineReader reader, std::move(opened));
    seen_ = std::max(seen_, before);
    end_.segment = segment.first_seq;
    next_ = next;
    while (true) {
      GUARDIAN_ASSIGN(const LineReader::Step step, reader.next());
      end_.offset = step.offset;
      switch (step.found) {
        case LineReader::Found::End:
          return Ended::Segment;
        case LineReader::Found::Partial:
          if (next == 0) return stop_at(seen_);
          pass_over();
          return Ended::Segment;
        case LineReader::Found::TooLong:
          pass_over();
          break;
        case LineReader::Found::Line:
          if (take(step.text) == Ended::Batch) return Ended::Batch;
          break;
      }
    }
  }

  // `end` where no segment is left.
  [[nodiscard]] Batch finish(bool at_end) && {
    if (at_end) batch_.through = last_;
    batch_.through = std::max(batch_.through, after_);
    if (batch_.events != 0) batch_.body += kClosing;
    return std::move(batch_);
  }
  // Of the first line behind `after`; nowhere where there is none.
  [[nodiscard]] const Place& begin() const noexcept { return begin_; }
  // Behind the last one.
  [[nodiscard]] const Place& end() const noexcept { return end_; }

 private:
  Ended stop_at(std::uint64_t through) {
    batch_.through = std::min(through, last_);
    return Ended::Batch;
  }

  void begin_here() noexcept {
    if (begin_.segment == 0) begin_ = {after_, end_.segment, end_.offset};
  }

  void pass_over() {
    if (seen_ < after_) return;
    begin_here();
    ++batch_.damaged;
  }

  Ended take(std::string_view line) {
    const auto event = read_event_line(line);
    const bool in_turn = event && event->seq == seen_ + 1;
    const bool left_behind = event && next_ != 0 && event->seq >= next_;
    if (!event || left_behind || (!in_turn && (event->seq <= seen_ || !hasher_.holds(*event)))) {
      pass_over();
      return Ended::Segment;
    }
    if (event->seq > last_) return stop_at(last_);
    if (event->seq > after_ && !add(line)) {
      batch_.full = true;
      return stop_at(seen_);
    }
    seen_ = event->seq;
    return Ended::Segment;
  }

  bool add(std::string_view line) {
    if (batch_.events == 0) {
      begin_here();
      batch_.body.reserve(std::max(kMaxBatchBytes, opening_.size() + line.size() + kClosing.size()));
      batch_.body = opening_;
    } else {
      const std::size_t bytes = batch_.body.size() + 1 + line.size() + kClosing.size();
      if (batch_.events == max_events_ || bytes > kMaxBatchBytes) return false;
      batch_.body += ',';
    }
    batch_.body += line;
    ++batch_.events;
    return true;
  }

  const std::string& opening_;
  const std::uint64_t after_;
  const std::uint64_t last_;
  const std::size_t max_events_;
  LineHasher hasher_;
  Batch batch_;
  Place begin_;
  Place end_;
  std::uint64_t next_ = 0;  // of read_segment
  std::uint64_t seen_ = 0;  // the seq of the line before
};

BatchReader::BatchReader(std::string directory, std::string_view sidecar)
    : directory_(std::move(directory)), opening_(opening_for(sidecar)) {}

BatchReader::Place BatchReader::place_of(std::uint64_t after, const std::vector<Segment>& segments) const {
  for (const Place& place : places_) {
    if (place.segment == 0 || place.seq != after) continue;
    if (std::ranges::find(segments, place.segment, &Segment::first_seq) != segments.end()) return place;
  }
  const auto behind = std::ranges::upper_bound(segments, after + 1, {}, &Segment::first_seq);
  const std::uint64_t first = (behind == segments.begin() ? behind : std::prev(behind))->first_seq;
  return {first - 1, first, 0};
}

base::Result<Batch> BatchReader::read(std::uint64_t after, std::uint64_t last, std::size_t max_events) {
  // Listed before anything is read: a segment that another follows in this list grows no more.
  GUARDIAN_ASSIGN(const auto segments, list_segments(directory_));
  Filling filling(opening_, after, last, max_events);
  if (segments.empty()) return std::move(filling).finish(true);
  const Place begin = place_of(after, segments);
  bool at_end = true;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const Segment& segment = segments[i];
    if (segment.first_seq < begin.segment) continue;
    const bool is_begin = segment.first_seq == begin.segment;
    const std::uint64_t next = i + 1 < segments.size() ? segments[i + 1].first_seq : 0;
    GUARDIAN_ASSIGN(const auto ended, filling.read_segment(segment, is_begin ? begin.offset : 0,
                                                           is_begin ? begin.seq : segment.first_seq - 1, next));
    if (ended == Filling::Ended::Batch) {
      at_end = false;
      break;
    }
  }
  Batch batch = std::move(filling).finish(at_end);
  places_ = {filling.begin(), {batch.through, filling.end().segment, filling.end().offset}};
  return batch;
}

}  // namespace guardian::audit
