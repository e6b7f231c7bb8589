// What the process asks of the C library's heap. glibc; elsewhere nothing happens.
#pragma once

#include <cstddef>

namespace guardian::base {

// Lets `threads` threads have a heap each, where glibc would have them share eight a processor: freeing what a bundle
// took holds the lock of its thread's heap for tens of milliseconds, and a request must not wait for that. Call it
// before those threads start. A heap that is not used costs address space only.
void allow_heaps(std::size_t threads) noexcept;

// Gives the system back what is free.
void trim_heaps() noexcept;

}  // namespace guardian::base
