#include "guardian/base/heap.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace guardian::base {

void allow_heaps([[maybe_unused]] std::size_t threads) noexcept {
#ifdef __GLIBC__
  ::mallopt(M_ARENA_MAX, static_cast<int>(threads));
#endif
}

void trim_heaps() noexcept {
#ifdef __GLIBC__
  ::malloc_trim(0);
#endif
}

}  // namespace guardian::base
