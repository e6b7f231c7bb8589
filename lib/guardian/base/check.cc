#include "guardian/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace guardian::base {

void check_failed(const char* file, int line, const char* expression) noexcept {
  std::fprintf(stderr, "guardian: internal error at %s:%d: %s\n", file, line, expression);
  std::abort();
}

}  // namespace guardian::base
