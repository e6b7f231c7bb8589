#include "guardian/base/thread_priority.h"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <algorithm>
#include <thread>

namespace guardian::base {

TEST_CASE("thread priority: lowering it concerns the calling thread alone") {
  const int before = ::getpriority(PRIO_PROCESS, 0);
  int lowered = before;
  std::jthread([&lowered] {
    lower_thread_priority();
    lowered = ::getpriority(PRIO_PROCESS, 0);
  }).join();
  CHECK(lowered == std::min(before + 10, 19));
  CHECK(::getpriority(PRIO_PROCESS, 0) == before);
}

}  // namespace guardian::base
