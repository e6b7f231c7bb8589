#include "guardian/policy/attribute.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "guardian/base/check.h"
#include "guardian/policy/place.h"
#include "guardian/policy/spelling.h"

namespace guardian::policy {

namespace {

struct FixedName {
  std::string_view name;
  Root root;
};

constexpr std::array kAgentNames{
    FixedName{"id", Root::AgentId},
    FixedName{"name", Root::AgentName},
    FixedName{"trustTier", Root::AgentTrustTier},
    FixedName{"tier", Root::AgentTrustTier},
    FixedName{"trustRank", Root::AgentTrustRank},
    FixedName{"tags", Root::AgentTags},
    FixedName{"orgId", Root::AgentOrgId},
    FixedName{"metadata", Root::AgentMetadata},
};
constexpr std::array kDelegationNames{
    FixedName{"depth", Root::DelegationDepth},
    FixedName{"root", Root::DelegationRoot},
};
constexpr std::array kTimeNames{
    FixedName{"year", Root::TimeYear},       FixedName{"month", Root::TimeMonth},
    FixedName{"day", Root::TimeDay},         FixedName{"hour", Root::TimeHour},
    FixedName{"minute", Root::TimeMinute},   FixedName{"second", Root::TimeSecond},
    FixedName{"weekday", Root::TimeWeekday}, FixedName{"minuteOfDay", Root::TimeMinuteOfDay},
    FixedName{"epoch", Root::TimeEpoch},     FixedName{"iso", Root::TimeIso},
};

base::Error refuse(std::string message) { return {base::ErrorCode::PolicyInvalid, std::move(message)}; }

bool is_digits(std::string_view text) noexcept {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_identifier(std::string_view text) noexcept {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto inner = [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '-'; };
  return !text.empty() && letter(text.front()) && std::ranges::all_of(text, inner);
}

void append_segment(std::string& path, std::string_view key) {
  if (path.empty()) {
    path = key;
    return;
  }
  if (is_identifier(key) || is_digits(key)) {
    path.append(".").append(key);
    return;
  }
  path += "[\"";
  for (const char c : key) {
    if (c == '"' || c == '\\') path += '\\';
    if (c == '\n' || c == '\t') {
      path += c == '\n' ? "\\n" : "\\t";
    } else {
      path += c;
    }
  }
  path += "\"]";
}

std::string join(std::span<const std::string> segments) {
  std::string path;
  for (const auto& segment : segments) append_segment(path, segment);
  return path;
}

Segment make_segment(const std::string& key) {
  Segment segment{key, std::nullopt};
  std::size_t index = 0;
  if (is_digits(key) && std::from_chars(key.data(), key.data() + key.size(), index).ec == std::errc()) {
    segment.index = index;
  }
  return segment;
}

// A root under which any name may follow.
Attribute open_attribute(Root root, std::string path, std::span<const std::string> below) {
  Attribute attribute{root, {}, std::move(path)};
  for (const auto& key : below) {
    attribute.below.push_back(make_segment(key));
    append_segment(attribute.path, key);
  }
  return attribute;
}

base::Result<Attribute> fixed_attribute(std::span<const std::string> segments, std::span<const FixedName> names) {
  const std::string& root = segments.front();
  std::vector<std::string_view> known;
  for (const auto& fixed : names) known.push_back(fixed.name);
  if (segments.size() == 1) return refuse(quoted(root) + " alone is no attribute: name one below it");
  const auto found = std::ranges::find_if(names, [&](const FixedName& f) { return is_spelling(segments[1], f.name); });
  if (found == names.end()) {
    return refuse("unknown attribute " + quoted(join(segments)) + did_you_mean(segments[1], known));
  }
  // An alias takes the canonical name: the first of its root.
  const auto canonical = std::ranges::find(names, found->root, &FixedName::root);
  std::string path = root + "." + std::string(canonical->name);
  const auto below = segments.subspan(2);
  if (found->root == Root::AgentMetadata) return open_attribute(found->root, std::move(path), below);
  if (!below.empty())
    return refuse("unknown attribute " + quoted(join(segments)) + ": nothing is below " + quoted(path));
  return Attribute{found->root, {}, std::move(path)};
}

base::Result<Attribute> rooted_attribute(std::span<const std::string> segments) {
  const std::string& root = segments.front();
  const auto below = segments.subspan(1);
  if (root == "context" || root == "request") return open_attribute(Root::Context, "context", below);
  if (root == "token") return open_attribute(Root::Token, "token", below);
  if (root == "agent") return fixed_attribute(segments, kAgentNames);
  if (root == "time") return fixed_attribute(segments, kTimeNames);
  if (root == "delegation" && below.empty()) return Attribute{Root::Delegation, {}, root};
  if (root == "delegation") return fixed_attribute(segments, kDelegationNames);
  if (!below.empty())
    return refuse("unknown attribute " + quoted(join(segments)) + ": nothing is below " + quoted(root));
  return Attribute{root == "action" ? Root::Action : Root::Resource, {}, root};
}

// `["..."]` from text[at] on; `at` moves behind it.
base::Result<std::string> scan_bracket(std::string_view text, std::size_t& at) {
  if (text.substr(at, 2) != "[\"") return refuse("expected `[\"` before a key");
  std::string key;
  for (at += 2; at < text.size() && text[at] != '"'; ++at) {
    char c = text[at];
    if (c == '\\') {
      constexpr std::string_view kEscapes = "\\'\"nt";
      constexpr std::string_view kMeanings = "\\'\"\n\t";
      const auto escape = at + 1 < text.size() ? kEscapes.find(text[at + 1]) : std::string_view::npos;
      if (escape == std::string_view::npos) return refuse("unknown escape in a key");
      ++at;
      c = kMeanings[escape];
    }
    key += c;
  }
  if (text.substr(at, 2) != "\"]") return refuse("expected `\"]` after a key");
  at += 2;
  return key;
}

// An identifier, or (where digits are allowed) digits.
base::Result<std::string> scan_name(std::string_view text, std::size_t& at, bool digits) {
  std::size_t end = at;
  const auto inner = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  while (end < text.size() && inner(text[end])) ++end;
  const std::string_view name = text.substr(at, end - at);
  if (!is_identifier(name) && !(digits && is_digits(name))) return refuse("expected a name");
  at = end;
  return std::string(name);
}

}  // namespace

base::Result<PathSegments> scan_path(std::string_view text, std::size_t& at, bool relative) {
  PathSegments segments;
  if (relative && at < text.size() && text[at] == '[') {
    GUARDIAN_ASSIGN(std::string key, scan_bracket(text, at));
    segments.push_back(std::move(key));
  } else {
    GUARDIAN_ASSIGN(std::string name, scan_name(text, at, relative));
    segments.push_back(std::move(name));
  }
  while (at < text.size() && (text[at] == '.' || text[at] == '[')) {
    if (text[at] == '[') {
      GUARDIAN_ASSIGN(std::string key, scan_bracket(text, at));
      segments.push_back(std::move(key));
      continue;
    }
    ++at;
    GUARDIAN_ASSIGN(std::string name, scan_name(text, at, true));
    segments.push_back(std::move(name));
  }
  return segments;
}

base::Result<PathSegments> parse_path(std::string_view text, bool relative) {
  std::size_t at = 0;
  auto segments = scan_path(text, at, relative);
  if (!segments.ok() || at != text.size()) {
    return refuse(quoted(text) +
                  " is no attribute path (write a key that holds other characters as `context[\"a.b\"]`)");
  }
  if (!relative && is_reserved_word(segments->front())) {
    return refuse(quoted(text) + " is no attribute path: " + quoted(segments->front()) + " is a reserved word");
  }
  return segments;
}

bool is_root(std::string_view segment) noexcept {
  constexpr std::array<std::string_view, 8> kRoots{"action", "resource", "agent",      "context",
                                                   "token",  "request",  "delegation", "time"};
  return std::ranges::find(kRoots, segment) != kRoots.end();
}

std::string_view root_that_begins(std::string_view name) noexcept {
  constexpr std::array<std::string_view, 7> kRoots{"action",  "agent",      "context", "token",
                                                   "request", "delegation", "time"};
  const auto found = std::ranges::find_if(kRoots, [&](std::string_view root) { return name.starts_with(root); });
  return found == kRoots.end() ? std::string_view() : *found;
}

bool is_reserved_word(std::string_view word) noexcept {
  constexpr std::array<std::string_view, 17> kWords{
      "or",          "and",       "not",  "in",      "matches", "path_matches", "regex", "contains", "contains_all",
      "starts_with", "ends_with", "cidr", "between", "exists",  "true",         "false", "null"};
  return std::ranges::any_of(kWords, [&](std::string_view reserved) {
    return std::ranges::equal(word, reserved,
                              [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
  });
}

base::Result<Attribute> make_attribute(std::span<const std::string> segments) {
  const std::string& first = segments.front();
  if (is_root(first)) return rooted_attribute(segments);
  if (segments.size() > 1) {
    return refuse(quoted(join(segments)) + " begins with no root: write " + quoted("context." + join(segments)));
  }
  if (first == "tags") return Attribute{Root::AgentTags, {}, "agent.tags"};
  if (const auto root = root_that_begins(first); !root.empty()) {
    return refuse(quoted(first) + " begins with the root " + quoted(root) + ": write " + quoted("context." + first));
  }
  return open_attribute(Root::Context, "context", segments);
}

std::optional<WholeRange> range_of(Root root) noexcept {
  switch (root) {
    case Root::TimeMonth:
      return WholeRange{1, 12};
    case Root::TimeDay:
      return WholeRange{1, 31};
    case Root::TimeHour:
      return WholeRange{0, 23};
    case Root::TimeMinute:
    case Root::TimeSecond:
      return WholeRange{0, 59};
    case Root::TimeMinuteOfDay:
      return WholeRange{0, 24 * 60 - 1};
    case Root::TimeWeekday:
      return WholeRange{1, 7};
    case Root::Action:
    case Root::Resource:
    case Root::AgentId:
    case Root::AgentName:
    case Root::AgentTrustTier:
    case Root::AgentTrustRank:
    case Root::AgentTags:
    case Root::AgentOrgId:
    case Root::AgentMetadata:
    case Root::Context:
    case Root::Token:
    case Root::Delegation:
    case Root::DelegationDepth:
    case Root::DelegationRoot:
    case Root::TimeYear:
    case Root::TimeEpoch:
    case Root::TimeIso:
      return std::nullopt;
  }
  GUARDIAN_ASSERT(false);
}

}  // namespace guardian::policy
