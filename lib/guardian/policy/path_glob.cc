#include "guardian/policy/path_glob.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "guardian/policy/glob.h"
#include "guardian/policy/place.h"

namespace guardian::policy {

namespace {

constexpr std::size_t kMaxAnyDepthSegments = 8;
constexpr std::string_view kAnyDepth = "**";

constexpr std::size_t kWordBits = 64;
constexpr std::size_t kMaxWords = kMaxPatternBytes / 2 / kWordBits + 1;  // segments of one byte and their slashes

void set_bit(std::span<std::uint64_t> words, std::size_t bit) noexcept {
  words[bit / kWordBits] |= std::uint64_t{1} << bit % kWordBits;
}

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
    const bool any_depth = segment == kAnyDepth;
    if (any_depth && ++any_depth_segments > kMaxAnyDepthSegments) {
      return malformed(shown + " has more than 8 segments of `**`");
    }
    glob.segments_.push_back({std::string(segment), any_depth});
  }
  glob.index_segments();
  return glob;
}

void PathGlob::index_segments() {
  count_ = segments_.size() - static_cast<std::size_t>(std::ranges::count(segments_, true, &Segment::any_depth));
  words_ = count_ / kWordBits + 1;
  any_depth_.resize(words_);
  std::size_t place = 0;
  for (std::size_t i = segments_.size(); i-- > 0;) {
    if (segments_[i].any_depth) {
      set_bit(any_depth_, place);
    } else {
      add_segment(segments_[i].pattern, ++place);
    }
  }
}

void PathGlob::add_segment(std::string_view segment, std::size_t place) {
  const auto same = std::ranges::find(patterns_, segment);
  const auto index = static_cast<std::size_t>(same - patterns_.begin());
  if (same == patterns_.end()) {
    patterns_.emplace_back(segment);
    reached_by_.resize(patterns_.size() * words_);
  }
  set_bit(std::span(reached_by_).subspan(index * words_), place);
}

bool PathGlob::matches(std::string_view value) const noexcept {
  if (value.starts_with('/') ? only_relative() : only_absolute()) return false;

  // The set of places that the segments read so far may stand at, one bit each.
  std::array<std::uint64_t, kMaxWords> at{1};
  std::array<std::uint64_t, kMaxWords> next;
  BackwardSegments segments(value);
  while (const auto segment = segments.next()) {
    std::uint64_t carry = 0;
    std::uint64_t any = 0;
    for (std::size_t w = 0; w < words_; ++w) {
      next[w] = at[w] & any_depth_[w];
      any |= next[w];
      const std::uint64_t moved = (at[w] << 1) | carry;
      carry = at[w] >> (kWordBits - 1);
      at[w] = moved;
    }
    for (std::size_t i = 0; i < patterns_.size(); ++i) {
      const std::uint64_t* const reached = &reached_by_[i * words_];
      std::uint64_t wanted = 0;
      for (std::size_t w = 0; w < words_; ++w) wanted |= at[w] & reached[w];
      if (wanted == 0 || !glob_matches(patterns_[i], *segment)) continue;
      any |= wanted;
      for (std::size_t w = 0; w < words_; ++w) next[w] |= at[w] & reached[w];
    }
    if (any == 0) return false;
    std::copy_n(next.begin(), words_, at.begin());
  }
  return (at[count_ / kWordBits] >> count_ % kWordBits & 1U) != 0;
}

}  // namespace guardian::policy
