// For threads whose work may wait. Linux; elsewhere, or where the system refuses, nothing happens.
#pragma once

namespace guardian::base {

// The calling thread, and threads that it starts, give way to the others of the process and the machine (nice + 10): it
// still gets about a tenth of a processor that others keep busy, and all of an idle one. Cannot be undone.
void lower_thread_priority() noexcept;

}  // namespace guardian::base
