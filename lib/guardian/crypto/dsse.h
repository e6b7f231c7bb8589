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

struct OpenedEnvelope;

// An envelope as received, without the text of its payload: that is written again from the payload, so that a large
// bundle is not kept twice.
class Wrapping {
 public:
  // The bytes as received. `payload` must be that of the same envelope. Costs memory of their size.
  [[nodiscard]] std::string around(std::string_view payload) const;

 private:
  friend base::Result<OpenedEnvelope> open_envelope(std::string, std::size_t);
  Wrapping() = default;
  std::string before_;
  std::string after_;
  bool holds_payload_ = false;  // whole in before_: its text cannot be told from the payload
  bool url_safe_ = false;
  bool padded_ = false;
};

struct OpenedEnvelope {
  Envelope envelope;
  Wrapping wrapping;
};

// Strict JSON of at most `max_bytes`, depth 64, one `payloadType`, `payload` and `signatures` (1 to 64) of the right
// types; unknown members are ignored. Errors: Malformed, TooLarge, each naming the member. Needs no more memory than
// what it returns.
[[nodiscard]] base::Result<Envelope> parse_envelope(std::string_view bytes, std::size_t max_bytes);
// The same for bytes that are not needed any more, apart from what `Wrapping::around` makes again.
[[nodiscard]] base::Result<OpenedEnvelope> open_envelope(std::string bytes, std::size_t max_bytes);

// The envelope as written by this project: standard base64 with padding, members in the order of bundle.md, final
// newline.
[[nodiscard]] std::string write_envelope(const Envelope& envelope);

// The pre-authentication encoding: what a signature is over.
[[nodiscard]] std::string pre_authentication_encoding(std::string_view payload_type, std::string_view payload);
// What stands before the payload in it.
[[nodiscard]] std::string pre_authentication_header(std::string_view payload_type, std::size_t payload_bytes);

// Appends a signature by `key`, replacing one by the same key.
void sign_envelope(Envelope& envelope, const PrivateKey& key);

// The thumbprints of the distinct trusted keys that are known to have signed. A signature that names a trusted key
// (thumbprint or kid) must verify under it, else SignatureInvalid; one that names none, or an unknown one, counts if it
// verifies under any. Each try reads the whole payload, so the latter come last, and only while keys are wanting:
// anyone on the way can add such signatures. ThresholdNotMet when fewer than `threshold` (at least 1) distinct keys
// signed. Pure; any thread.
[[nodiscard]] base::Result<std::vector<std::string>> verify_envelope(const Envelope& envelope,
                                                                     std::span<const PublicKey> trusted,
                                                                     std::size_t threshold);

}  // namespace guardian::crypto
