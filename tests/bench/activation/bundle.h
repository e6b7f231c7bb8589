// The bundle that the activation bench is about: many agents with a key each and many policies, made from a counter, so
// that two runs mean the same bytes. Texts are about as long as people write them.
#pragma once

#include <cstddef>
#include <string>

#include "guardian/crypto/key.h"

namespace guardian::bench {

struct BundleSize {
  std::size_t policies = 10'000;
  std::size_t agents = 100'000;
};

// The payload's JSON with that version (a whole number).
[[nodiscard]] std::string make_payload(const BundleSize& size, unsigned version);
// The payload in a signed envelope.
[[nodiscard]] std::string make_envelope(std::string payload, const crypto::PrivateKey& key);
// An agent of every such bundle, and an action and a context that it is asked about: `POST /enforce` bodies.
[[nodiscard]] std::string make_question(const BundleSize& size, std::size_t number);

}  // namespace guardian::bench
