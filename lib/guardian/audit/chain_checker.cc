#include "guardian/audit/chain_checker.h"

#include "guardian/json/reader.h"

namespace guardian::audit {

namespace {

std::string event_name(std::uint64_t seq) { return "event " + std::to_string(seq); }

std::string missing(std::uint64_t from, std::uint64_t to) {
  return from == to ? event_name(from) + " is missing"
                    : "events " + std::to_string(from) + " to " + std::to_string(to) + " are missing";
}

std::uint64_t number_of(const json::Value& object, std::string_view name) {
  const json::Value* const value = object.find(name);
  return value == nullptr ? 0 : value->as_unsigned().value_or(0);
}

}  // namespace

std::uint64_t ChainChecker::expected_seq() const noexcept {
  if (report_.events != 0) return report_.last_seq + 1;
  if (segment_seq_ != 0) return segment_seq_;
  return head_ ? head_->first_seq : 1;
}

bool ChainChecker::fail(std::uint64_t seq, std::string_view id, std::string what) {
  report_.bad = BadEvent{seq, segment_, line_, std::string(id), std::move(what)};
  return false;
}

bool ChainChecker::begin_segment(const Segment& segment) {
  ++report_.segments;
  segment_ = segment.path;
  segment_seq_ = segment.first_seq;
  line_ = 0;
  if (report_.events == 0 || segment_seq_ == 0 || segment_seq_ == report_.last_seq + 1) return true;
  const std::uint64_t next = report_.last_seq + 1;
  if (segment_seq_ > next) return fail(next, {}, missing(next, segment_seq_ - 1));
  return fail(segment_seq_, {}, "the segment begins before the end of the one before it");
}

bool ChainChecker::line(std::string_view text) {
  ++line_;
  report_.bytes += text.size() + 1;
  const auto event = read_event_line(text);
  if (!event) return fail(expected_seq(), {}, "the line is no event");
  if (!check_place(*event)) return false;
  if (!hasher_.holds(*event)) return fail(event->seq, event->id, "its hash does not fit what it says");
  if (!check_head(*event)) return false;
  if (event->type == "audit.gap") note_gap(*event);
  if (report_.events++ == 0) {
    report_.first_seq = event->seq;
    first_ = {std::string(event->prev), std::string(event->id), segment_};
  }
  report_.last_seq = event->seq;
  prev_hash_ = event->hash;
  segment_seq_ = 0;
  return true;
}

bool ChainChecker::check_place(const EventLine& event) {
  const bool is_first = report_.events == 0;
  if (is_first && (segment_seq_ == 0 || event.seq == segment_seq_)) return true;
  const std::uint64_t expected = expected_seq();
  if (event.seq == expected) {
    if (is_first || event.prev == prev_hash_) return true;
    return fail(event.seq, event.id, "its prev is not the hash of " + event_name(report_.last_seq));
  }
  // An altered seq is no missing event.
  if (!hasher_.holds(event)) return fail(expected, event.id, "its hash does not fit what it says");
  if (event.seq > expected) return fail(expected, {}, missing(expected, event.seq - 1));
  return fail(
      event.seq, event.id,
      is_first ? "it is before the seq that its segment is named by" : "it follows " + event_name(report_.last_seq));
}

bool ChainChecker::check_head(const EventLine& event) {
  if (!head_) return true;
  if (event.seq == head_->last_seq && event.hash != head_->last_hash) {
    return fail(event.seq, event.id, "its hash is not the one that head.json has for it");
  }
  if (event.seq == head_->first_seq && event.prev != head_->first_prev) {
    return fail(event.seq, event.id, "its prev is not the one that head.json has for it");
  }
  return true;
}

void ChainChecker::note_gap(const EventLine& event) {
  const auto parsed = json::parse(event.gap);
  if (!parsed || !parsed->root().is_object()) return;
  const json::Value& gap = parsed->root();
  report_.dropped += number_of(gap, "count");
  const json::Value* const hash = gap.find("lastHash");
  const std::uint64_t next = number_of(gap, "to") + 1;
  const std::uint64_t first = report_.events == 0 ? event.seq : report_.first_seq;
  if (hash != nullptr && hash->is_text() && next == first) beginning_told_ = {next, std::string(hash->as_text())};
}

bool ChainChecker::partial(std::string_view text, bool is_last_segment) {
  ++line_;
  const bool was_whole = head_ && expected_seq() <= head_->last_seq;
  if (!is_last_segment || was_whole) {
    const auto event = read_event_line(text);
    return fail(expected_seq(), event ? event->id : std::string_view(), "its line is cut: it has no newline");
  }
  report_.torn = TornLine{segment_, line_, text.size()};
  return true;
}

void ChainChecker::check_beginning() {
  segment_ = first_.segment;
  line_ = 1;
  if (report_.first_seq == 1) {
    if (first_.prev != kNoHash) fail(1, first_.id, "its prev is not that of a first event");
    return;
  }
  // What is before the head's first was let go, and may be there still; that it leads to it is checked line by line.
  const bool by_head = head_ && report_.first_seq <= head_->first_seq;
  const bool by_gap = beginning_told_ && beginning_told_->last_hash == first_.prev;
  if (by_head || by_gap) return;
  const std::uint64_t from = head_ ? head_->first_seq : 1;
  fail(from, {}, missing(from, report_.first_seq - 1));
}

void ChainChecker::check_end(const std::string& where) {
  if (head_ && head_->last_seq > report_.last_seq) {
    const std::uint64_t from = report_.events == 0 ? head_->first_seq : report_.last_seq + 1;
    if (from > head_->last_seq) return;
    line_ = 0;
    fail(from, {}, missing(from, head_->last_seq));
  }
  if (head_) return;
  segment_ = where;
  line_ = 0;
  fail(report_.last_seq + 1, {}, "the file is missing or damaged: events missing at the end would not show");
}

ChainReport ChainChecker::finish(const std::string& where) {
  report_.last_hash = prev_hash_;
  if (scope_ == Scope::OneSegment) {
    report_.ends_are_proved = false;
    if (!report_.bad && report_.first_seq == 1) check_beginning();
    return report_;
  }
  const std::string last_segment = segment_;
  if (!report_.bad && report_.events != 0) check_beginning();
  if (report_.bad) return report_;
  segment_ = last_segment.empty() ? where : last_segment;
  check_end(where);
  return report_;
}

}  // namespace guardian::audit
