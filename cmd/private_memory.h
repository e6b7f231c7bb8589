// For processes that hold secrets for as long as they live.
#pragma once

namespace guardian::cmd {

// No core dump, no debugger of another user. Best effort: a system that refuses is no reason not to run.
void keep_memory_private();

}  // namespace guardian::cmd
