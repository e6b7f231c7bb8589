#include "guardian/policy/regex.h"

#include <re2/re2.h>

#include <string>
#include <utility>

#include "guardian/base/text.h"
#include "guardian/policy/glob.h"
#include "guardian/policy/place.h"

namespace guardian::policy {

namespace {

// For one pattern: program and the automata that RE2 builds while matching; when it is used up RE2 goes on slower.
constexpr std::int64_t kMaxRegexMemory = std::int64_t{1} << 20;

re2::StringPiece piece(std::string_view text) noexcept { return {text.data(), text.size()}; }

}  // namespace

Regex::Regex(std::unique_ptr<const re2::RE2> compiled) : compiled_(std::move(compiled)) {}
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;
Regex::~Regex() = default;

base::Result<Regex> Regex::compile(std::string_view pattern) {
  if (pattern.size() > kMaxPatternBytes) {
    return base::Error(base::ErrorCode::PolicyInvalid, "the regular expression is longer than 1024 bytes");
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_never_capture(true);
  options.set_max_mem(kMaxRegexMemory);
  auto compiled = std::make_unique<const re2::RE2>(piece(pattern), options);
  if (!compiled->ok()) {
    return base::Error(base::ErrorCode::PolicyInvalid, "the regular expression " + quoted(pattern) +
                                                           " is malformed: " + base::printable(compiled->error()));
  }
  return Regex(std::move(compiled));
}

bool Regex::matches(std::string_view text) const noexcept { return re2::RE2::PartialMatch(piece(text), *compiled_); }

}  // namespace guardian::policy
