// The plays behind drill.h's table, a file each. An error says what is not as bundle.md wants it, or that the machine
// did not let the drill go on.
#pragma once

#include "guardian/base/result.h"
#include "guardian/tools/scene.h"

namespace guardian::tools {

[[nodiscard]] base::Status play_gateway_down(Scene& scene);
[[nodiscard]] base::Status play_corrupt_cache(Scene& scene);
[[nodiscard]] base::Status play_disk_full(Scene& scene);
[[nodiscard]] base::Status play_key_rotate(Scene& scene);
[[nodiscard]] base::Status play_clock_back(Scene& scene);
[[nodiscard]] base::Status play_rollback(Scene& scene);
[[nodiscard]] base::Status play_kill(Scene& scene);

}  // namespace guardian::tools
