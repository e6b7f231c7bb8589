// Goes over the events of a store beside the process that writes it. Segments that are removed meanwhile, lines that
// are no events and a last line that is just being written are passed over: what is wrong with a store is said by
// verify_chain.h.
#pragma once

#include <cstdint>
#include <functional>

#include "guardian/audit/event_line.h"
#include "guardian/audit/filter.h"
#include "guardian/audit/store_path.h"
#include "guardian/base/result.h"

namespace guardian::audit {

enum class Order { OldestFirst, NewestFirst };
enum class Next { GoOn, Stop };

struct Scanned {
  std::uint64_t events = 0;            // that passed the filter
  std::uint64_t unreadable = 0;        // lines that are no events, as far as that was looked at
  std::uint64_t segments_skipped = 0;  // outside of the filter's times: not read through
  std::uint64_t bytes_read = 0;
};

// Gives each event that passes to `visit`, which may keep nothing of it, until it says Stop. One thread. Errors: Io.
[[nodiscard]] base::Result<Scanned> scan(const StorePath& store, const Filter& filter, Order order,
                                         const std::function<Next(const EventLine&)>& visit);

}  // namespace guardian::audit
