#include "guardian/policy/path_glob.h"

#include <optional>

#include "guardian/policy/glob.h"
#include "guardian/policy/place.h"

namespace guardian::policy {

namespace {

constexpr std::size_t kMaxAnyDepthSegments = 8;

base::Error malformed(std::string message) { return base::Error(base::ErrorCode::PolicyInvalid, std::move(message)); }

// The segments of a value from the last to the first, with `.`, empty segments and what `..` removes left out. Walking
// backwards a `..` is only a count, so that nothing has to be stored; a copy of the walker is a place to come back to.
class BackwardSegments {
 public:
  explicit BackwardSegments(std::string_view value) : rest_(value), at_start_(value.empty()) {}

  std::optional<std::string_view> next() noexcept {
    while (!at_start_) {
      const std::string_view segment = take();
      if (segment.empty() || segment == ".") continue;
      if (segment == "..") {
        ++removals_;
      } else if (removals_ > 0) {
        --removals_;
      } else {
        return segment;
      }
    }
    return std::nullopt;
  }

  // How many segments the `..` before the start would still remove, once next() has returned nullopt.
  [[nodiscard]] std::size_t removals() const noexcept { return removals_; }

 private:
  std::string_view take() noexcept {
    const auto slash = rest_.rfind('/');
    if (slash == std::string_view::npos) {
      at_start_ = true;
      return rest_;
    }
    const std::string_view segment = rest_.substr(slash + 1);
    rest_ = rest_.substr(0, slash);
    return segment;
  }

  std::string_view rest_;
  std::size_t removals_ = 0;
  bool at_start_;
};

}  // namespace

bool climbs_above_start(std::string_view value) noexcept {
  if (value.starts_with('/')) return false;
  BackwardSegments segments(value);
  while (segments.next()) {
  }
  return segments.removals() > 0;
}

base::Result<PathGlob> PathGlob::compile(std::string_view pattern) {
  const std::string shown = "the path pattern " + quoted(pattern);
  if (pattern.size() > kMaxPatternBytes) return malformed("the path pattern is longer than 1024 bytes");
  PathGlob glob;
  glob.absolute_ = pattern.starts_with('/');
  std::size_t any_depth_segments = 0;
  for (std::size_t start = 0; start <= pattern.size();) {
    const auto end = std::min(pattern.find('/', start), pattern.size());
    const std::string_view segment = pattern.substr(start, end - start);
    start = end + 1;
    if (segment.empty() || segment == ".") continue;
    if (!is_well_formed_glob(segment)) return malformed(shown + " has a backslash that escapes nothing");
    if (segment == ".." || literal_of_glob(segment) == "..") return malformed(shown + " holds `..`");
    const bool any_depth = segment == "**";
    if (any_depth && ++any_depth_segments > kMaxAnyDepthSegments) {
      return malformed(shown + " has more than 8 segments of `**`");
    }
    glob.segments_.push_back({std::string(segment), any_depth});
  }
  return glob;
}

bool PathGlob::matches(std::string_view value) const noexcept {
  if (value.starts_with('/') ? only_relative() : only_absolute()) return false;

  // As in glob_matches, only the last `**` met has to give way; pattern and value are both walked from their ends.
  constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::size_t left = segments_.size();
  std::size_t left_after_star = kNone;
  BackwardSegments position(value);
  BackwardSegments star_position(value);
  while (true) {
    if (left > 0 && segments_[left - 1].any_depth) {
      left_after_star = --left;
      star_position = position;
      continue;
    }
    BackwardSegments ahead = position;
    const auto segment = ahead.next();
    if (!segment) return left == 0;
    if (left > 0 && glob_matches(segments_[left - 1].pattern, *segment)) {
      --left;
      position = ahead;
      continue;
    }
    if (left_after_star == kNone) return false;
    if (!star_position.next()) return false;
    position = star_position;
    left = left_after_star;
  }
}

}  // namespace guardian::policy
