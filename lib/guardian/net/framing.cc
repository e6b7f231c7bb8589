#include "guardian/net/framing.h"

#include <algorithm>
#include <utility>

#include "guardian/base/check.h"

namespace guardian::net {

namespace {

constexpr std::size_t kKeptBufferBytes = 4'096;  // an idle connection holds on to no more than this

}  // namespace

Framer::Progress Framer::feed(std::string_view bytes) {
  if (position_ > 0) buffer_.erase(0, std::exchange(position_, 0));
  buffer_.append(bytes);
  return advance();
}

Framer::Progress Framer::advance() {
  if (phase_ == Phase::Head) {
    if (auto refusal = advance_head()) return refuse(std::move(*refusal));
  }
  if (phase_ == Phase::Body) {
    if (auto refusal = advance_body()) return refuse(std::move(*refusal));
  }
  switch (phase_) {
    case Phase::Head:
    case Phase::Body:
      return Progress::NeedMore;
    case Phase::Complete:
      return Progress::Complete;
    case Phase::Refused:
      return Progress::Refused;
  }
  GUARDIAN_ASSERT(false);
}

std::optional<Refusal> Framer::advance_head() {
  // One empty line before a request is an old client's mistake that is let pass (RFC 9112 section 2.2).
  if (!empty_line_passed_ && line_begin_ == 0 && unread().starts_with("\r\n")) {
    position_ += 2;
    empty_line_passed_ = true;
  }
  const std::string_view text = unread();
  const std::string_view within = text.substr(0, limits_.max_header_bytes);
  for (std::size_t newline = within.find('\n', line_begin_); newline != std::string_view::npos;
       newline = within.find('\n', line_begin_)) {
    if (newline == 0 || text[newline - 1] != '\r') return Refusal{400, "bad_request", "a header line ends without CR"};
    const bool empty = newline == line_begin_ + 1;
    if (empty) {
      const std::string_view head = text.substr(0, line_begin_);
      position_ += newline + 1;
      line_begin_ = 0;
      head_ = RequestHead();
      if (auto refusal = parse_request_head(head, limits_.max_body_bytes, head_)) return refusal;
      if (head_.chunked) chunks_.emplace(limits_.max_body_bytes, limits_.max_header_bytes);
      continue_due_ = head_.expects_continue;
      phase_ = Phase::Body;
      return std::nullopt;
    }
    line_begin_ = newline + 1;
  }
  if (text.size() < limits_.max_header_bytes) return std::nullopt;
  return Refusal{431, "headers_too_large",
                 "the headers are larger than " + std::to_string(limits_.max_header_bytes) + " bytes"};
}

std::optional<Refusal> Framer::advance_body() {
  std::string_view input = unread();
  const std::size_t before = input.size();
  std::string& body = head_.request.body;
  bool complete = false;
  if (chunks_) {
    if (auto refusal = chunks_->consume(input, body)) return refusal;
    complete = chunks_->done();
  } else {
    const std::size_t missing = static_cast<std::size_t>(head_.content_length) - body.size();
    const std::size_t taken = std::min(missing, input.size());
    body.append(input.substr(0, taken));
    input.remove_prefix(taken);
    complete = taken == missing;
  }
  position_ += before - input.size();
  if (before > 0) continue_due_ = false;
  if (complete) phase_ = Phase::Complete;
  return std::nullopt;
}

FramedRequest Framer::take() {
  GUARDIAN_ASSERT(phase_ == Phase::Complete);
  FramedRequest framed{std::move(head_.request), head_.http_1_0, head_.keep_alive};
  head_ = RequestHead();
  chunks_.reset();
  continue_due_ = false;
  empty_line_passed_ = false;
  phase_ = Phase::Head;
  if (position_ == buffer_.size()) {
    position_ = 0;
    buffer_.clear();
    if (buffer_.capacity() > kKeptBufferBytes) buffer_.shrink_to_fit();
  }
  return framed;
}

const Refusal& Framer::refusal() const {
  GUARDIAN_ASSERT(phase_ == Phase::Refused);
  return refusal_;
}

bool Framer::take_continue() noexcept { return std::exchange(continue_due_, false); }

Framer::Progress Framer::refuse(Refusal refusal) {
  refusal_ = std::move(refusal);
  phase_ = Phase::Refused;
  buffer_.clear();
  position_ = 0;
  return Progress::Refused;
}

}  // namespace guardian::net
