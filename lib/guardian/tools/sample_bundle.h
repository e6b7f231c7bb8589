// The bundles of a drill: numbered generations that differ by one rule, so that a decision tells which of them is
// enforced, and that all of it is. The same content as a directory for `guardian gateway` and as a signed envelope.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "guardian/base/file_system.h"
#include "guardian/base/result.h"
#include "guardian/base/time.h"
#include "guardian/crypto/key.h"

namespace guardian::tools {

// Listed in every generation; tier `verified`.
inline constexpr std::string_view kAgent = "agent_drill";

struct SampleBundle {
  unsigned generation = 1;
  base::TimePoint version;                    // and timestamp
  std::optional<base::TimePoint> expires_at;  // whole seconds, as all of them
  std::string note;                           // makes another payload of the same generation and version
  std::size_t padding = 0;                    // bytes by which the policies are longer
};

// The action that the generation allows and every other one denies: `generation:3`.
[[nodiscard]] std::string action_of(unsigned generation);

// A signed envelope.
[[nodiscard]] std::string sealed(const SampleBundle& bundle, const crypto::PrivateKey& key);

// The content for `guardian gateway --dir`, each file replaced whole. In an order in which a gateway that looks between
// two of them publishes nothing half: first the version, which alone is no change, then the policies.
[[nodiscard]] base::Status write_directory(base::FileSystem& files, const std::string& directory,
                                           const SampleBundle& bundle);

}  // namespace guardian::tools
