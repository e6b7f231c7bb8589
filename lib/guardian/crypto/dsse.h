// DSSE v1 envelopes (bundle.md section 1): parse, verify against a set of trusted keys, sign, write. An Envelope is
// what somebody claims: nothing in it may be used before verify_envelope has said so.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/base/result.h"
#include "guardian/crypto/key.h"

namespace guardian::crypto {

inline constexpr std::size_t kMaxSignatures = 64;

struct EnvelopeSignature {
  std::string key_id_untrusted;  // empty where the envelope gives none
  std::string signature;         // decoded bytes
};

struct Envelope {
  std::string payload_type_untrusted;
  std::string payload_untrusted;  // decoded bytes
  std::vector<EnvelopeSignature> signatures;
};

// Strict JSON of at most `max_bytes`, depth 64, one `payloadType`, `payload` and `signatures` (1 to 64) of the right
// types; unknown members are ignored. Errors: Malformed, TooLarge, each naming the member. Needs about twice the
// envelope's size in memory.
[[nodiscard]] base::Result<Envelope> parse_envelope(std::string_view bytes, std::size_t max_bytes);

// The envelope as written by this project: standard base64 with padding, members in the order of bundle.md, final
// newline.
[[nodiscard]] std::string write_envelope(const Envelope& envelope);

// The pre-authentication encoding: what a signature is over.
[[nodiscard]] std::string pre_authentication_encoding(std::string_view payload_type, std::string_view payload);

// Appends a signature by `key`, replacing one by the same key.
void sign_envelope(Envelope& envelope, const PrivateKey& key);

// The thumbprints of the distinct trusted keys that signed. A signature that names a trusted key (thumbprint or kid)
// must verify under it, else SignatureInvalid; one that names none, or an unknown one, is tried under every key and
// counts if one verifies. ThresholdNotMet when fewer than `threshold` (at least 1) distinct keys signed. Pure; any
// thread.
[[nodiscard]] base::Result<std::vector<std::string>> verify_envelope(const Envelope& envelope,
                                                                     std::span<const PublicKey> trusted,
                                                                     std::size_t threshold);

}  // namespace guardian::crypto
