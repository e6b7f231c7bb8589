// How many bytes of the heap are taken, whoever takes them: heap.cc replaces malloc and its kin for the whole program,
// so that what C libraries take counts too. Sizes are what the allocator hands out, not what was asked for. Counts
// nothing before count_heap and in sanitized builds, where the allocator is not ours to replace.
#pragma once

#include <cstddef>

namespace guardian::bench {

// From here on; call before the process has other threads.
void count_heap() noexcept;
[[nodiscard]] std::size_t heap_now() noexcept;
// The most at one time since the last reset_heap_peak.
[[nodiscard]] std::size_t heap_peak() noexcept;
void reset_heap_peak() noexcept;

}  // namespace guardian::bench
