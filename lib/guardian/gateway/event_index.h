// Which event ids a file of events holds, in memory that hardly grows with it: UUIDv7 ids begin with a time and come
// nearly in order, so that for each stretch of the file the first and the last of its ids tell whether it is worth
// looking into. Ids of other forms are kept, 16 bytes each. One thread at a time.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <span>
#include <string_view>
#include <vector>

#include "guardian/base/result.h"

namespace guardian::gateway {

// An id in 16 bytes: the bits of a UUID, or a digest of any other text. The text of a UUID may have capital letters.
struct EventKey {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  bool is_timed = false;  // a UUIDv7

  auto operator<=>(const EventKey&) const = default;
};
[[nodiscard]] EventKey key_of(std::string_view id);

class EventIndex {
 public:
  // Part of the file, whole lines.
  struct Stretch {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
  };
  // The keys of the events that stand in a stretch.
  using Look = std::function<base::Result<std::vector<EventKey>>(const Stretch&)>;

  // The line of an event stands at [begin, end) of the file, behind all others.
  void add(const EventKey& key, std::uint64_t begin, std::uint64_t end);
  // Those of `keys` that are in the file; `look` is asked as rarely as may be. Errors: what `look` says.
  [[nodiscard]] base::Result<std::set<EventKey>> find(std::span<const EventKey> keys, const Look& look) const;

  [[nodiscard]] std::size_t stretches() const noexcept { return stretches_.size(); }

 private:
  struct Known {
    Stretch stretch;
    std::uint64_t lowest = 0;  // `high` of the keys
    std::uint64_t highest = 0;
    std::uint32_t events = 0;
  };

  std::vector<Known> stretches_;
  std::set<EventKey> others_;
};

}  // namespace guardian::gateway
