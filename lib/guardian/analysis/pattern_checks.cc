#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <unordered_map>

#include "guardian/analysis/checks.h"
#include "guardian/analysis/glob_algebra.h"
#include "guardian/json/writer.h"

namespace guardian::analysis {

namespace {

using json::Value;

constexpr std::size_t kMaxEntrySteps = 100'000'000;
constexpr std::size_t kMaxActionBytes = 256;  // policy.md section 6, Input

// Of the shortest text it matches.
std::size_t least_bytes(const GlobCodes& codes) noexcept {
  std::size_t bytes = 0;
  for (const char32_t code : codes) {
    if (code == kAnyRun) continue;
    bytes += code == kAnyOne || code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

// Why no action can match, or empty.
std::string why_no_action(const GlobCodes& codes) {
  if (codes.empty()) return "an action is never empty";
  if (least_bytes(codes) > kMaxActionBytes) return "an action has at most 256 bytes";
  const auto is_control = [](char32_t code) { return code < 0x20 || code == 0x7F; };
  return std::ranges::any_of(codes, is_control) ? "an action holds no control characters" : "";
}

std::uint32_t place_of(const Value& value, std::uint32_t fallback) noexcept {
  return value.offset() != 0 ? value.offset() : fallback;
}

// `*.pem`, `*/.env`, `src/*`: names that only files and folders have. Names of two letters are top-level domains too.
bool names_files(std::string_view pattern) {
  constexpr std::array<std::string_view, 16> kSuffixes{"env", "pem",  "p12", "pfx", "yaml", "yml",   "json", "toml",
                                                       "ini", "conf", "txt", "csv", "html", "ipynb", "exe",  "bak"};
  constexpr std::array<std::string_view, 10> kFolders{"src/",  "etc/",   "tmp/", ".git/", ".ssh/",
                                                      ".aws/", ".kube/", "usr/", "var/",  "node_modules/"};
  const auto begins = [&](std::string_view folder) { return pattern.starts_with(folder); };
  if (pattern.find('*') == std::string_view::npos) return false;
  if (std::ranges::any_of(kFolders, begins)) return true;
  const std::size_t dot = pattern.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || (pattern[dot - 1] != '*' && pattern[dot - 1] != '/')) return false;
  return std::ranges::find(kSuffixes, pattern.substr(dot + 1)) != kSuffixes.end();
}

bool has_wildcard(std::string_view pattern) {
  return std::ranges::any_of(read_glob(pattern), [](char32_t code) { return code == kAnyOne || code == kAnyRun; });
}

void check_actions(std::span<const Value> patterns, Notes& notes) {
  for (const Value& pattern : patterns) {
    const std::string why = why_no_action(read_glob(pattern.as_text()));
    if (why.empty()) continue;
    notes.add(Code::NeverMatchingPattern, pattern.offset(),
              "the pattern " + quoted(pattern.as_text()) + " matches no action: " + why, "correct or remove it");
  }
}

void check_resources(std::span<const Value> patterns, Notes& notes) {
  for (const Value& pattern : patterns) {
    if (!looks_like_path(pattern.as_text(), false) && !names_files(pattern.as_text())) continue;
    notes.add(Code::PathLikeGlob, pattern.offset(),
              "`*` in the glob " + quoted(pattern.as_text()) + " crosses `/`, and `..` in a resource is not resolved",
              "test paths with `conditions: {resource: {pathMatches: ...}}`");
  }
}

void check_within(std::span<const Value> entries, std::uint32_t fallback, Notes& notes) {
  std::vector<GlobCodes> globs;
  for (const Value& entry : entries) globs.push_back(read_glob(entry.as_text()));
  std::size_t steps = 0;
  for (std::size_t i = 0; i < entries.size() && steps < kMaxEntrySteps; ++i) {
    for (std::size_t j = 0; j < entries.size(); ++j) {
      steps += comparison_cost(globs[j], globs[i]);
      if (i == j || globs[i] == globs[j] || !contains(globs[j], globs[i])) continue;
      notes.add(Code::RedundantPattern, place_of(entries[i], fallback),
                "all that " + quoted(entries[i].as_text()) + " matches, " + quoted(entries[j].as_text()) +
                    " in the same list matches too",
                "remove it, or narrow the other pattern if it is wider than you meant");
      break;
    }
  }
  if (steps < kMaxEntrySteps) return;
  notes.add(Code::NotAnalysed, place_of(entries.front(), fallback),
            "the list has too many large patterns to compare each with each", "split it");
}

void check_applies_to(const Subject& subject, Notes& notes) {
  const Value* applies_to = field(subject.body, "appliesTo");
  if (applies_to == nullptr) return;
  const auto ids = entries_of(field(*applies_to, "agentIds"));
  for (const Value& pattern : ids) {
    if (!pattern.as_text().empty()) continue;
    notes.add(Code::NeverMatchingPattern, pattern.offset(), "the empty pattern matches no agent: an id is never empty",
              "name an agent, or write `\"*\"` for every agent");
  }
  check_entries(ids, true, 0, notes);
  check_entries(entries_of(field(*applies_to, "tags")), true, 0, notes);
  check_entries(entries_of(field(*applies_to, "trustTiers")), false, 0, notes);
  check_entries(entries_of(field(*applies_to, "orgIds")), false, 0, notes);
}

// The ceiling of delegated requests (policy.md section 7).
void check_delegation(const Subject& subject, Notes& notes) {
  const Value* const delegation = field(subject.body, "delegation");
  const Value* const ceiling = delegation == nullptr ? nullptr : field(*delegation, "permissionCeiling");
  if (ceiling == nullptr) return;
  const auto patterns = entries_of(ceiling);
  check_actions(patterns, notes);
  check_entries(patterns, true, 0, notes);
  std::size_t granting = 0;
  for (const policy::CompiledRule& rule : subject.compiled.rules) {
    if (rule.effect == policy::Effect::Deny) continue;
    ++granting;
    for (const policy::Glob& action : rule.actions) {
      const GlobCodes codes = read_glob(action.pattern());
      const auto meets = [&](const Value& pattern) { return overlap(read_glob(pattern.as_text()), codes); };
      if (std::ranges::any_of(patterns, meets)) return;
    }
  }
  // A policy without such rules puts a ceiling on those of others.
  if (granting == 0 || subject.compiled.default_effect == policy::Effect::Allow) return;
  notes.add(Code::DelegationAllowsNothing, ceiling->offset(),
            "the delegation ceiling admits nothing that this policy allows",
            "widen it to the actions that delegated agents may do");
}

}  // namespace

bool looks_like_path(std::string_view pattern, bool is_prefix) noexcept {
  if (pattern.find("://") != std::string_view::npos) return false;
  const bool rooted =
      pattern.starts_with('/') || pattern.starts_with("./") || pattern.starts_with("../") || pattern.starts_with("~/");
  if (is_prefix) return rooted && pattern.size() > 1;
  const bool any_depth = pattern.find("/**") != std::string_view::npos || pattern.find("**/") != std::string_view::npos;
  return any_depth || (rooted && has_wildcard(pattern));
}

void check_entries(std::span<const Value> entries, bool are_globs, std::uint32_t fallback, Notes& notes) {
  if (entries.size() < 2) return;
  std::unordered_map<std::string, bool> seen;
  for (const Value& entry : entries) {
    if (seen.emplace(json::canonical(entry), true).second) continue;
    notes.add(Code::DuplicateEntry, place_of(entry, fallback),
              quoted(entry.is_text() ? std::string(entry.as_text()) : json::write(entry)) + " is in the list twice",
              "remove it, or write what was meant in its place");
  }
  if (are_globs && entries.size() <= kMaxComparedEntries) check_within(entries, fallback, notes);
}

void check_patterns(const Subject& subject, Notes& notes) {
  std::size_t index = 0;
  for (const Value& rule : entries_of(field(subject.body, "rules"))) {
    notes.about_rule(subject.compiled.rules[index++].id);
    const auto actions = entries_of(field(rule, "actions", "action"));
    const auto resources = entries_of(field(rule, "resources", "resource"));
    check_actions(actions, notes);
    check_resources(resources, notes);
    check_entries(actions, true, 0, notes);
    check_entries(resources, true, 0, notes);
  }
  notes.about_no_rule();
  check_applies_to(subject, notes);
  check_delegation(subject, notes);
}

}  // namespace guardian::analysis
