// Where the chain stands, and the next lines of it: a draft gets `id`, `prev`, `seq` and `hash` (audit.md). One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "guardian/audit/draft.h"
#include "guardian/audit/event_line.h"
#include "guardian/base/time.h"
#include "guardian/crypto/digest.h"

namespace guardian::audit {

// UUIDv7 (RFC 9562): the milliseconds of the time, then random bits. Ids of one generator ascend.
class EventIds {
 public:
  void append_next(std::string& out, base::TimePoint now);

 private:
  std::string random_;  // drawn many at a time: a call of the generator costs more than an event
  std::size_t used_ = 0;
  std::uint64_t last_millis_ = 0;
  std::uint32_t counter_ = 0;  // within a millisecond, in the 12 bits behind it
};

struct ChainEnd {
  std::uint64_t seq = 0;  // of the newest event; 0: none yet
  std::string hash = std::string(kNoHash);
};

class Chain {
 public:
  explicit Chain(ChainEnd end) : end_(std::move(end)) {}

  // Appends the draft's line with its newline and moves the end to it.
  void append_line(std::string& out, const Draft& draft, base::TimePoint now);
  [[nodiscard]] const ChainEnd& end() const noexcept { return end_; }
  // Back to an earlier end, where lines were not written.
  void rewind(const ChainEnd& end) { end_ = end; }

 private:
  ChainEnd end_;
  EventIds ids_;
  crypto::Sha256 sha256_;
};

}  // namespace guardian::audit
