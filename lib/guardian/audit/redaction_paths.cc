#include "guardian/audit/redaction_paths.h"

#include <algorithm>

#include "guardian/base/text.h"

namespace guardian::audit {

namespace {

constexpr std::string_view kOne = "*";
constexpr std::string_view kAny = "**";
constexpr std::size_t kMaxSegments = 63;

// `**` may stand for nothing.
std::uint64_t skip_any(const std::vector<std::string>& segments, std::uint64_t bits) {
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if ((bits >> i & 1U) != 0 && segments[i] == kAny) bits |= std::uint64_t{2} << i;
  }
  return bits;
}

base::Error bad_path(std::string_view path, std::string_view what) {
  return {base::ErrorCode::InvalidInput, "`" + std::string(path) + "` " + std::string(what)};
}

base::Result<std::vector<std::string>> parse_path(std::string_view path) {
  std::vector<std::string> segments;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('.', begin), path.size());
    const std::string_view segment = path.substr(begin, end - begin);
    if (segment.empty()) return bad_path(path, "has an empty segment");
    segments.push_back(segment == kOne || segment == kAny ? std::string(segment) : plain_name(segment));
    begin = end + 1;
  }
  if (segments.size() > kMaxSegments) return bad_path(path, "has more than 63 segments");
  const std::string& first = segments.front();
  if (first != "context" && first != "token" && first != kOne && first != kAny) {
    return bad_path(path, "does not begin with `context` or `token`");
  }
  return segments;
}

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

}  // namespace

std::string plain_name(std::string_view name) {
  std::string plain = base::to_lower(name);
  std::erase_if(plain, [](char c) { return c == '-' || c == '_'; });
  return plain;
}

base::Result<RedactionPaths> RedactionPaths::parse(std::string_view text) {
  RedactionPaths parsed;
  if (trim(text).empty()) return parsed;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    GUARDIAN_ASSIGN(auto segments, parse_path(trim(text.substr(begin, end - begin))));
    parsed.paths_.push_back(std::move(segments));
    begin = end + 1;
  }
  return parsed;
}

RedactionPaths::State RedactionPaths::start() const {
  State state;
  for (const Segments& segments : paths_) state.push_back(skip_any(segments, 1));
  return state;
}

template <typename Passes>
RedactionPaths::State RedactionPaths::advance(const State& state, Passes passes) const {
  State next(state.size(), 0);
  for (std::size_t path = 0; path < paths_.size(); ++path) {
    const Segments& segments = paths_[path];
    for (std::size_t i = 0; i < segments.size(); ++i) {
      if ((state[path] >> i & 1U) == 0) continue;
      if (segments[i] == kAny) next[path] |= std::uint64_t{1} << i;
      if (segments[i] != kAny && passes(segments[i])) next[path] |= std::uint64_t{2} << i;
    }
    next[path] = skip_any(segments, next[path]);
  }
  return next;
}

RedactionPaths::State RedactionPaths::step(const State& state, std::string_view name) const {
  const std::string plain = plain_name(name);
  return advance(state, [&](const std::string& segment) { return segment == kOne || segment == plain; });
}

RedactionPaths::State RedactionPaths::item(const State& state) const {
  State next = advance(state, [](const std::string& segment) { return segment == kOne; });
  for (std::size_t path = 0; path < next.size(); ++path) next[path] |= state[path];
  return next;
}

bool RedactionPaths::matches(const State& state) const noexcept {
  for (std::size_t path = 0; path < paths_.size(); ++path) {
    if ((state[path] >> paths_[path].size() & 1U) != 0) return true;
  }
  return false;
}

}  // namespace guardian::audit
