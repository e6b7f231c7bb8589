// The error value that every room returns. One flat list of codes, chosen by what a caller does with them: map to an
// exit code (cmd), an HTTP status (sidecar), a sync outcome (sync) or a test expectation. The text is for people:
// lower-case, one line, wide to narrow by colons, the user's own words in backticks, never a secret or a body.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace guardian::base {

enum class ErrorCode {
  InvalidInput,      // a flag, setting, file or request that does not say what it must
  Malformed,         // bytes that are not the JSON, YAML, TOML, PEM or base64 they should be
  TooLarge,          // a documented limit was passed
  NotFound,          // a file, member or endpoint that does not exist
  Io,                // the disk or the operating system refused
  Busy,              // another process holds what is needed
  NotSupported,      // understood, but not built yet: refused so that it cannot silently not protect
  Network,           // no usable answer from the network
  Unauthorized,      // credentials were refused
  Forbidden,         // credentials that do not cover what is asked
  SchemaInvalid,     // a bundle or trust root whose members break bundle.md
  PolicyInvalid,     // a policy that breaks policy.md
  KeyInvalid,        // a key that cannot be used
  SignatureInvalid,  // a signature that names a trusted key and does not verify
  ThresholdNotMet,   // too few distinct trusted keys signed
  TrustRootInvalid,  // a trust root that does not prove itself
  NoTrustRoot,       // nothing to verify against
  Rollback,          // older than what was already seen, or the same version with another payload
  VersionKind,       // a date where integers are in use, or the reverse
  FutureVersion,     // a version or timestamp too far ahead of the clock
  Expired,           // past its expiresAt
};

// The code as written in logs and JSON: `rollback`, `signature_invalid`. Static storage.
[[nodiscard]] std::string_view to_string(ErrorCode code) noexcept;

class Error {
 public:
  Error(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}

  [[nodiscard]] ErrorCode code() const noexcept { return code_; }
  [[nodiscard]] const std::string& message() const noexcept { return message_; }

  // The same error seen from one level up: `<context>: <message>`.
  [[nodiscard]] Error within(std::string_view context) &&;

 private:
  ErrorCode code_;
  std::string message_;
};

}  // namespace guardian::base
