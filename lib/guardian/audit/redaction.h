// What may not be read in a record (audit.md, Redaction): a context member at any depth whose name, case and `-_`
// apart, is or ends in a secret's name, and what AUDIT_REDACT lists. Its value becomes `[redacted:<8 hex of an HMAC>]`,
// so that equal values can be told apart from others and none can be read. Applied at the moment of writing. Immutable;
// any thread.
#pragma once

#include <string>
#include <string_view>

#include "guardian/audit/redaction_paths.h"
#include "guardian/json/document.h"
#include "guardian/json/value.h"

namespace guardian::audit {

// AUDIT_CONTEXT.
enum class ContextDetail {
  Full,      // as sent, redaction applied
  Redacted,  // every value redacted, names kept
  None
};

struct RedactionOptions {
  ContextDetail context = ContextDetail::Full;
  RedactionPaths paths;
};

class Redactor {
 public:
  // `key` is the per-install HMAC key.
  explicit Redactor(std::string key, RedactionOptions options = {})
      : key_(std::move(key)), options_(std::move(options)) {}

  // Appends the canonical JSON of a context or a token's claims (`root` is `context` or `token`), secrets replaced.
  // Under None it is `{"omitted":true}`.
  void append(std::string& out, std::string_view root, const json::Value& value) const;

  // A copy of `value`, which stands under `root`, in `document`, secrets replaced.
  [[nodiscard]] json::Value redact(json::Document& document, std::string_view root, const json::Value& value) const;

  // An explanation (policy.md section 8) as JSON with the `actual` values redacted: whole where the test's path names a
  // secret, by member otherwise. `explain` is a JSON list as the engine wrote it.
  [[nodiscard]] std::string redact_explain(std::string_view explain) const;

 private:
  using State = RedactionPaths::State;
  [[nodiscard]] json::Value redact(json::Document& document, const State& state, const json::Value& value) const;
  [[nodiscard]] State step_of_path(const State& state, std::string_view segment) const;
  [[nodiscard]] json::Value scalar(json::Document& document, const json::Value& value) const;
  [[nodiscard]] json::Value marker(json::Document& document, const json::Value& value) const;
  [[nodiscard]] json::Value redact_test(json::Document& document, const json::Value& test) const;
  [[nodiscard]] json::Value redact_entry(json::Document& document, const json::Value& entry) const;

  std::string key_;
  RedactionOptions options_;
};

// True for a member name that is, or ends in, the name of a secret.
[[nodiscard]] bool names_secret(std::string_view member);

}  // namespace guardian::audit
