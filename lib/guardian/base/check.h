// Assertions about our own code, alive in every build. Never used to judge input: what the world can cause is a
// Result. Aborting is the fail-closed answer to a broken invariant in a process that makes security decisions.
#pragma once

namespace guardian::base {

// Prints file, line and expression on standard error and aborts. Any thread.
[[noreturn]] void check_failed(const char* file, int line, const char* expression) noexcept;

}  // namespace guardian::base

#define GUARDIAN_ASSERT(expression) \
  ((expression) ? static_cast<void>(0) : ::guardian::base::check_failed(__FILE__, __LINE__, #expression))
