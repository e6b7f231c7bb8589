#include "guardian/policy/spelling.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace guardian::policy {

namespace {

constexpr std::size_t kMaxNameBytes = 40;
constexpr std::size_t kNear = 2;

bool is_upper(char c) noexcept { return c >= 'A' && c <= 'Z'; }
char to_lower(char c) noexcept { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

// Letters and digits in lower case, so that `Applies-To` is as near as can be.
std::string skeleton(std::string_view name) {
  std::string result;
  for (const char c : name) {
    if (c != '_' && c != '-' && c != ' ') result += to_lower(c);
  }
  return result;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j < row.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row.back();
}

}  // namespace

bool is_spelling(std::string_view written, std::string_view camel) noexcept {
  if (written == camel) return true;
  std::size_t at = 0;
  for (const char c : camel) {
    if (is_upper(c) && (at == written.size() || written[at++] != '_')) return false;
    if (at == written.size() || written[at++] != to_lower(c)) return false;
  }
  return at == written.size();
}

std::string did_you_mean(std::string_view written, std::span<const std::string_view> names) {
  if (written.size() > kMaxNameBytes) return {};
  const std::string wanted = skeleton(written);
  std::string_view best;
  std::size_t best_distance = kNear + 1;
  for (const auto name : names) {
    const std::size_t distance = edit_distance(wanted, skeleton(name));
    if (distance < best_distance && distance < name.size() / 2) {
      best = name;
      best_distance = distance;
    }
  }
  return best.empty() ? std::string() : "; did you mean `" + std::string(best) + "`?";
}

}  // namespace guardian::policy
