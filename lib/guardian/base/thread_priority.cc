#include "guardian/base/thread_priority.h"

#include <sys/resource.h>
#include <unistd.h>

namespace guardian::base {

void lower_thread_priority() noexcept {
#ifdef __linux__
  constexpr int kNicer = 10;
  const auto thread = static_cast<id_t>(::gettid());
  // The system cuts what is beyond its range.
  ::setpriority(PRIO_PROCESS, thread, ::getpriority(PRIO_PROCESS, thread) + kNicer);
#endif
}

}  // namespace guardian::base
