// What the forwarder sends next: stored lines in order, as the body of one request (gateway.md, `POST audit`). Reads
// segments beside the store that writes them. One thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/audit/segment.h"
#include "guardian/base/result.h"

namespace guardian::audit {

inline constexpr std::size_t kMaxBatchEvents = 1'000;
inline constexpr std::size_t kMaxBatchBytes = std::size_t{1} << 20;  // of the body; one larger event goes alone

struct Batch {
  std::string body;           // `{"sidecar":...,"events":[...]}`; empty where there is no event
  std::size_t events = 0;     // in the body
  std::uint64_t through = 0;  // all up to this seq is in this batch, was in those before, or can never be sent
  std::uint64_t damaged = 0;  // lines passed over that are no events
  bool full = false;          // there may be more behind it
};

class BatchReader {
 public:
  // `sidecar` is the id that the body names; valid UTF-8.
  BatchReader(std::string directory, std::string_view sidecar);

  // The events behind `after` up to `last`, which the store says is written: at most `max_events` (at least 1) and
  // kMaxBatchBytes. Seqs that are in no segment are passed over, since the store let them go and an event tells of the
  // gap. So are damaged lines: those that are no events, and those that say a seq which is not their turn and do not
  // carry the hash of what they say, and what a recovery left behind as evidence at a segment's end. Whether the chain
  // holds is for who gets the events. Errors: NotFound, Io.
  [[nodiscard]] base::Result<Batch> read(std::uint64_t after, std::uint64_t last, std::size_t max_events);
  // The chain began anew: what was read before says nothing of where its events are.
  void begin_anew() noexcept { places_ = {}; }

 private:
  // Where the event behind `seq` is, so that reading on does not begin with the segment.
  struct Place {
    std::uint64_t seq = 0;
    std::uint64_t segment = 0;
    std::uint64_t offset = 0;
  };
  class Filling;

  [[nodiscard]] Place place_of(std::uint64_t after, const std::vector<Segment>& segments) const;

  const std::string directory_;
  const std::string opening_;
  std::array<Place, 2> places_;  // where the last batch began and ended: it may have to be read again
};

}  // namespace guardian::audit
