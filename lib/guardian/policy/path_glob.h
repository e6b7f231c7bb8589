// Path globs of policy.md section 3 (`pathMatches`): segment by segment, `**` for any number of them, `..` of the value
// resolved first. Compiled once, immutable, any thread; matching allocates nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/base/result.h"

namespace guardian::policy {

class PathGlob {
 public:
  // PolicyInvalid (without a place) for a pattern over 1,024 bytes, a trailing backslash in a segment, a `..` segment,
  // or more than 8 `**` segments.
  [[nodiscard]] static base::Result<PathGlob> compile(std::string_view pattern);

  // The value must not climb (see climbs_above_start). For each segment of the value every different segment of the
  // pattern is asked at most once.
  [[nodiscard]] bool matches(std::string_view value) const noexcept;

  struct Segment {
    std::string pattern;
    bool any_depth = false;  // `**`
  };
  [[nodiscard]] const std::vector<Segment>& segments() const noexcept { return segments_; }
  // True where only values with, only values without a `/` in front can match; neither with `**` first.
  [[nodiscard]] bool only_absolute() const noexcept { return absolute_; }
  [[nodiscard]] bool only_relative() const noexcept { return !absolute_ && !begins_at_any_depth(); }

 private:
  [[nodiscard]] bool begins_at_any_depth() const noexcept { return !segments_.empty() && segments_.front().any_depth; }

  // Segments are counted from the end, `**` left out. "At n" means that the last n of the pattern have been matched.
  using Places = std::vector<std::uint64_t>;

  void index_segments();
  void add_segment(std::string_view segment, std::size_t place);

  std::vector<Segment> segments_;
  std::vector<std::string> patterns_;  // the different segments
  Places reached_by_;                  // for each of them, words_ each: which places it leads to
  Places any_depth_;                   // at which places a `**` stands
  std::size_t words_ = 1;
  std::size_t count_ = 0;
  bool absolute_ = false;
};

// True for a relative value whose `..` segments lead above its start: whether it matches cannot be decided.
[[nodiscard]] bool climbs_above_start(std::string_view value) noexcept;

}  // namespace guardian::policy
