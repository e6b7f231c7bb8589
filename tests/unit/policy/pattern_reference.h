// Globs and path globs by the book, one table of answers each, to hold the quick ones against.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace guardian::policy::reference {

// Numbers from 0 to below `bound`, the same in every run.
class Dice {
 public:
  std::size_t roll(std::size_t bound) noexcept {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::size_t>(state_ >> 33) % bound;
  }

 private:
  std::uint64_t state_ = 7;
};

inline std::vector<std::string> code_points(std::string_view text) {
  std::vector<std::string> result;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) result.emplace_back();
    result.back() += c;
  }
  return result;
}

inline bool glob_matches(std::string_view pattern, std::string_view text) {
  const auto wanted = code_points(pattern);
  const auto given = code_points(text);
  std::vector<char> ends(given.size() + 1, 0);  // at which places what has been read of the pattern may end
  ends[0] = 1;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    std::vector<char> next(given.size() + 1, 0);
    const bool star = wanted[i] == "*";
    const bool any = wanted[i] == "?";
    if (wanted[i] == "\\") ++i;
    for (std::size_t t = 0; t <= given.size(); ++t) {
      if (star) {
        next[t] = static_cast<char>(ends[t] != 0 || (t > 0 && next[t - 1] != 0));
      } else if (t > 0) {
        next[t] = static_cast<char>(ends[t - 1] != 0 && (any || given[t - 1] == wanted[i]));
      }
    }
    ends = next;
  }
  return ends.back() != 0;
}

// Over segments that hold neither `.` nor `..`.
inline bool path_matches(const std::vector<std::string>& pattern, const std::vector<std::string>& value) {
  std::vector<char> ends(value.size() + 1, 0);
  ends[0] = 1;
  for (const auto& segment : pattern) {
    std::vector<char> next(value.size() + 1, 0);
    for (std::size_t v = 0; v <= value.size(); ++v) {
      if (segment == "**") {
        next[v] = static_cast<char>(ends[v] != 0 || (v > 0 && next[v - 1] != 0));
      } else if (v > 0) {
        next[v] = static_cast<char>(ends[v - 1] != 0 && glob_matches(segment, value[v - 1]));
      }
    }
    ends = next;
  }
  return ends.back() != 0;
}

}  // namespace guardian::policy::reference
