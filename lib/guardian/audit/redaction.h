// What may not be read in a record (audit.md, Redaction): a context member at any depth whose name, case and `-_`
// apart, is or ends in a secret's name. Its value becomes `[redacted:<8 hex of an HMAC>]`, so that equal values can be
// told apart from others and none can be read. Applied at the moment of writing. Immutable; any thread.
#pragma once

#include <string>
#include <string_view>

#include "guardian/json/document.h"
#include "guardian/json/value.h"

namespace guardian::audit {

class Redactor {
 public:
  // `key` is the per-install HMAC key.
  explicit Redactor(std::string key) : key_(std::move(key)) {}

  // A copy of `value` in `document`, secrets replaced.
  [[nodiscard]] json::Value redact(json::Document& document, const json::Value& value) const;

  // An explanation (policy.md section 8) as JSON with the `actual` values redacted: whole where the test's path names a
  // secret, by member otherwise. `explain` is a JSON list as the engine wrote it.
  [[nodiscard]] std::string redact_explain(std::string_view explain) const;

 private:
  [[nodiscard]] json::Value marker(json::Document& document, const json::Value& value) const;
  [[nodiscard]] json::Value redact_test(json::Document& document, const json::Value& test) const;
  [[nodiscard]] json::Value redact_entry(json::Document& document, const json::Value& entry) const;

  std::string key_;
};

// True for a member name that is, or ends in, the name of a secret.
[[nodiscard]] bool names_secret(std::string_view member);

}  // namespace guardian::audit
