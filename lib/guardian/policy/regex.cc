#include "guardian/policy/regex.h"

#include <re2/re2.h>
#include <re2/set.h>

#include <optional>
#include <string>
#include <utility>

#include "guardian/base/text.h"
#include "guardian/policy/glob.h"
#include "guardian/policy/place.h"

namespace guardian::policy {

namespace {

// For one pattern: program and the automata that RE2 builds while matching; when it is used up RE2 goes on slower. The
// few patterns of large repeated classes need more than the others.
constexpr std::int64_t kRegexMemory = std::int64_t{1} << 20;
constexpr std::int64_t kLargeRegexMemory = std::int64_t{8} << 20;
constexpr int kLargeProgram = 2'500;

// Up to here even the slow way of RE2 is quick, and the quick ways that it has for simple patterns are worth more.
constexpr std::size_t kMaxShortText = 512;

re2::StringPiece piece(std::string_view text) noexcept { return {text.data(), text.size()}; }

}  // namespace

struct Regex::Compiled {
  explicit Compiled(std::string_view pattern, const re2::RE2::Options& options) : one(piece(pattern), options) {}
  re2::RE2 one;
  std::optional<re2::RE2::Set> set;  // of the one pattern
};

Regex::Regex(std::unique_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;
Regex::~Regex() = default;

base::Result<Regex> Regex::compile(std::string_view pattern, RegexBudget& budget) {
  if (pattern.size() > kMaxPatternBytes) {
    return base::Error(base::ErrorCode::PolicyInvalid, "the regular expression is longer than 1024 bytes");
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_never_capture(true);
  options.set_max_mem(kRegexMemory);
  auto compiled = std::make_unique<Compiled>(pattern, options);
  if (compiled->one.error_code() == re2::RE2::ErrorPatternTooLarge || compiled->one.ProgramSize() > kLargeProgram) {
    options.set_max_mem(kLargeRegexMemory);
    compiled = std::make_unique<Compiled>(pattern, options);
  }
  const re2::RE2& one = compiled->one;
  if (!one.ok()) {
    return base::Error(base::ErrorCode::PolicyInvalid,
                       "the regular expression " + quoted(pattern) + " is malformed: " + base::printable(one.error()));
  }
  const auto instructions = static_cast<std::size_t>(one.ProgramSize());
  if (instructions > kMaxInstructions) {
    return base::Error(base::ErrorCode::PolicyInvalid, "the regular expression " + quoted(pattern) + " unfolds to " +
                                                           std::to_string(instructions) + " instructions, more than " +
                                                           std::to_string(kMaxInstructions) +
                                                           " (repeat large classes less often, or with `*` and `+`)");
  }
  if (instructions + kOverhead > budget.instructions) {
    return base::Error(base::ErrorCode::PolicyInvalid,
                       "with " + quoted(pattern) + " the regular expressions together are too large");
  }
  budget.instructions -= instructions + kOverhead;
  compiled->set.emplace(options, re2::RE2::UNANCHORED);
  if (compiled->set->Add(piece(pattern), nullptr) < 0 || !compiled->set->Compile()) compiled->set.reset();
  return Regex(std::move(compiled));
}

bool Regex::matches(std::string_view text) const noexcept {
  // RE2 looks for the leftmost match, of which a repetition in a long text makes so many states that it falls back to
  // something thousands of times slower. A set only asks whether there is a match.
  if (text.size() > kMaxShortText && compiled_->set) {
    re2::RE2::Set::ErrorInfo error{};
    const bool found = compiled_->set->Match(piece(text), nullptr, &error);
    if (error.kind == re2::RE2::Set::kNoError) return found;
  }
  return re2::RE2::PartialMatch(piece(text), compiled_->one);
}

}  // namespace guardian::policy
