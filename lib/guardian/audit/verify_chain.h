// Whether a store still says what was written (audit.md): every event carries the hash of what it says and of the event
// before, none is missing at either end or between. Read beside the process that appends, too.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "guardian/audit/store_path.h"
#include "guardian/base/result.h"

namespace guardian::audit {

// The first thing that is wrong.
struct BadEvent {
  std::uint64_t seq =
      0;                // of the event that is wrong or missing; where it cannot be read, the one that should be there
  std::string segment;  // path
  std::uint64_t line = 0;  // from 1; of what stands where it shows; 0: behind the last, or no line at all
  std::string id;          // empty where it cannot be read
  std::string what;        // `its hash does not fit what it says`
};

// A last line without its newline, where the head does not say that it was whole: cut by a crash, or being written now.
struct TornLine {
  std::string segment;
  std::uint64_t line = 0;
  std::uint64_t bytes = 0;
};

struct ChainReport {
  std::uint64_t events = 0;  // that are as they were written
  std::uint64_t segments = 0;
  std::uint64_t bytes = 0;
  std::uint64_t first_seq = 0;  // 0: no event
  std::uint64_t last_seq = 0;
  std::string last_hash;
  std::uint64_t dropped = 0;    // events that `audit.gap` events tell of as dropped or not written
  bool ends_are_proved = true;  // false for a single segment: what is before and behind it was not looked at
  std::optional<BadEvent> bad;  // nullopt: the chain holds
  std::optional<TornLine> torn;
};

// Called with the bytes read so far, some times a second at most.
using Progress = std::function<void(std::uint64_t bytes)>;

// Of a directory: all segments, the beginning and the end. The beginning is right where it is event 1 after no event,
// where `head.json` says that what was before it was let go, or where an `audit.gap` event tells of the range before it
// and its last hash. The end is right where it is not before that of `head.json`, without which it is not. Of a file:
// the chain inside. Errors: NotFound, Io; Busy where segments went away as often as it was tried.
[[nodiscard]] base::Result<ChainReport> verify_chain(const StorePath& store, const Progress& progress = {});

}  // namespace guardian::audit
