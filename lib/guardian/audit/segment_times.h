// When the events of a segment happened, told from a few of them, so that a reader of some hours need not read days.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "guardian/base/result.h"
#include "guardian/base/time.h"

namespace guardian::audit {

// What the events between those looked at may be off: events that are made at once are written in any order, and clocks
// are corrected by small steps.
inline constexpr std::chrono::minutes kTimeMargin{5};

struct SegmentTimes {
  // Nothing happened outside of these, the margin included; nullopt where the segment must be read to know: it holds no
  // event, or a clock was set back in it.
  struct Range {
    base::TimePoint first;
    base::TimePoint last;
  };
  std::optional<Range> range;
  std::uint64_t bytes_read = 0;
};

// Looks at the first event, the last and some between: where they are not in the order of time, a clock was set back
// and nothing is concluded. One that was wrong for less than a sixteenth of the segment, and put right again, is not
// seen. Errors: NotFound, Io.
[[nodiscard]] base::Result<SegmentTimes> look_at_times(const std::string& path);

}  // namespace guardian::audit
