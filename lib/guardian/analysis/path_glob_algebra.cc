#include "guardian/analysis/path_glob_algebra.h"

#include <cstddef>
#include <vector>

#include "guardian/analysis/glob_algebra.h"

namespace guardian::analysis {

namespace {

using policy::PathGlob;

// answer(i, j) about the segments from i and from j on, from the ends to the beginnings; `step` may ask for later ones.
template <typename Step>
bool from_the_ends(const PathGlob& a, const PathGlob& b, Step step) {
  const std::size_t width = b.segments().size() + 1;
  std::vector<bool> answers((a.segments().size() + 1) * width);
  const auto at = [&](std::size_t i, std::size_t j) { return static_cast<bool>(answers[i * width + j]); };
  for (std::size_t i = a.segments().size() + 1; i-- > 0;) {
    for (std::size_t j = width; j-- > 0;) answers[i * width + j] = step(i, j, at);
  }
  return at(0, 0);
}

}  // namespace

bool path_globs_overlap(const PathGlob& a, const PathGlob& b) {
  if ((a.only_absolute() && b.only_relative()) || (a.only_relative() && b.only_absolute())) return false;
  const auto& first = a.segments();
  const auto& second = b.segments();
  return from_the_ends(a, b, [&](std::size_t i, std::size_t j, const auto& at) {
    const bool more_a = i < first.size();
    const bool more_b = j < second.size();
    if (!more_a && !more_b) return true;
    if ((more_a && first[i].any_depth) || (more_b && second[j].any_depth)) {
      return (more_a && at(i + 1, j)) || (more_b && at(i, j + 1));
    }
    return more_a && more_b && at(i + 1, j + 1) && globs_overlap(first[i].pattern, second[j].pattern);
  });
}

bool path_glob_contains(const PathGlob& outer, const PathGlob& inner) {
  if (outer.only_absolute() && !inner.only_absolute()) return false;
  if (outer.only_relative() && !inner.only_relative()) return false;
  const auto& wide = outer.segments();
  const auto& narrow = inner.segments();
  return from_the_ends(outer, inner, [&](std::size_t i, std::size_t j, const auto& at) {
    const bool more = j < narrow.size();
    if (i == wide.size()) return !more;
    if (wide[i].any_depth) return at(i + 1, j) || (more && at(i, j + 1));
    return more && !narrow[j].any_depth && at(i + 1, j + 1) && glob_contains(wide[i].pattern, narrow[j].pattern);
  });
}

}  // namespace guardian::analysis
