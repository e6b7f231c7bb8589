#include "tests/bench/activation/heap.h"

#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>

namespace guardian::bench {

namespace {

bool counting = false;
// What was taken before the counting began may be given back during it: below zero for a while.
std::atomic<std::int64_t> taken{0};
std::atomic<std::int64_t> peak{0};

std::size_t bytes(std::int64_t count) noexcept { return static_cast<std::size_t>(std::max<std::int64_t>(count, 0)); }

}  // namespace

void count_heap() noexcept { counting = true; }
std::size_t heap_now() noexcept { return bytes(taken.load()); }
std::size_t heap_peak() noexcept { return bytes(peak.load()); }
void reset_heap_peak() noexcept { peak.store(taken.load()); }

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && defined(__GLIBC__)

static void* note_taken(void* memory) noexcept {
  if (!counting || memory == nullptr) return memory;
  const auto size = static_cast<std::int64_t>(::malloc_usable_size(memory));
  const std::int64_t now = taken.fetch_add(size) + size;
  std::int64_t most = peak.load(std::memory_order_relaxed);
  while (now > most && !peak.compare_exchange_weak(most, now)) {
  }
  return memory;
}

static void note_given_back(void* memory) noexcept {
  if (counting && memory != nullptr) taken.fetch_sub(static_cast<std::int64_t>(::malloc_usable_size(memory)));
}

extern "C" {
// The C library's own names for what stands behind malloc.
void* __libc_malloc(std::size_t);                 // NOLINT
void* __libc_calloc(std::size_t, std::size_t);    // NOLINT
void* __libc_realloc(void*, std::size_t);         // NOLINT
void* __libc_memalign(std::size_t, std::size_t);  // NOLINT
void __libc_free(void*);                          // NOLINT

void* malloc(std::size_t size) noexcept { return note_taken(__libc_malloc(size)); }
void* calloc(std::size_t count, std::size_t size) noexcept { return note_taken(__libc_calloc(count, size)); }
void* realloc(void* memory, std::size_t size) noexcept {
  note_given_back(memory);
  void* const moved = __libc_realloc(memory, size);
  // On failure the old block is still taken.
  return moved == nullptr && size != 0 ? (note_taken(memory), nullptr) : note_taken(moved);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  return note_taken(__libc_memalign(alignment, size));
}
int posix_memalign(void** memory, std::size_t alignment, std::size_t size) noexcept {
  *memory = note_taken(__libc_memalign(alignment, size));
  return *memory == nullptr ? ENOMEM : 0;
}
void free(void* memory) noexcept {
  note_given_back(memory);
  __libc_free(memory);
}
}

#endif

}  // namespace guardian::bench
