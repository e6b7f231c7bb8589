// What a bundle holds, for people and for programs: verify-bundle and bundle inspect.
#pragma once

#include <string>
#include <vector>

#include "guardian/bundle/payload.h"

namespace guardian::cmd {

// Whether the signatures were checked, and the thumbprints of who signed (or claims to have).
struct Trusted {
  bool verified = false;
  const std::vector<std::string>& signers;
};

[[nodiscard]] std::string summary_text(const bundle::Payload& payload, const Trusted& trusted);
[[nodiscard]] std::string summary_json(const bundle::Payload& payload, const Trusted& trusted);

}  // namespace guardian::cmd
