#include "support/naive/patterns.h"

#include <arpa/inet.h>
#include <re2/re2.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace guardian::testing {
namespace {

struct Sign {
  enum class Kind { Character, One, Run } kind;
  std::string_view character;  // one code point
};

std::vector<std::string_view> code_points(std::string_view text) {
  std::vector<std::string_view> points;
  std::size_t start = 0;
  for (std::size_t at = 1; at <= text.size(); ++at) {
    const bool continues = at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
    if (continues) continue;
    points.push_back(text.substr(start, at - start));
    start = at;
  }
  return points;
}

std::vector<Sign> signs_of(std::string_view pattern) {
  std::vector<Sign> signs;
  bool escaped = false;
  for (const std::string_view point : code_points(pattern)) {
    if (escaped) {
      signs.push_back({Sign::Kind::Character, point});
      escaped = false;
    } else if (point == "\\") {
      escaped = true;
    } else if (point == "*") {
      signs.push_back({Sign::Kind::Run, {}});
    } else if (point == "?") {
      signs.push_back({Sign::Kind::One, {}});
    } else {
      signs.push_back({Sign::Kind::Character, point});
    }
  }
  return signs;
}

// The definition of a match over suffixes: pattern[p..] matches value[v..], known for p + 1 before p. `is_run(p)`: that
// piece takes any run of values; `takes(p, v)`: it takes that one value.
template <typename IsRun, typename Takes>
bool sequence_matches(std::size_t pieces, std::size_t values, IsRun is_run, Takes takes) {
  std::vector<bool> rest_matches(values + 1, false);
  rest_matches[values] = true;
  for (std::size_t p = pieces; p-- > 0;) {
    std::vector<bool> matches(values + 1, false);
    for (std::size_t v = values + 1; v-- > 0;) {
      if (is_run(p)) {
        matches[v] = rest_matches[v] || (v < values && matches[v + 1]);
      } else {
        matches[v] = v < values && rest_matches[v + 1] && takes(p, v);
      }
    }
    rest_matches = std::move(matches);
  }
  return rest_matches[0];
}

struct Path {
  bool absolute = false;
  std::vector<std::string_view> segments;  // without empty ones and `.`
};

Path split_path(std::string_view text) {
  Path path;
  path.absolute = !text.empty() && text.front() == '/';
  while (true) {
    const std::size_t slash = text.find('/');
    const std::string_view segment = text.substr(0, slash);
    if (!segment.empty() && segment != ".") path.segments.push_back(segment);
    if (slash == std::string_view::npos) return path;
    text.remove_prefix(slash + 1);
  }
}

// All addresses are IPv6 here; an IPv4 address is the mapped one.
using Address = std::array<std::uint8_t, 16>;

constexpr Address kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0};

std::optional<Address> parse_address(std::string_view text) {
  const std::string terminated(text);
  if (terminated.find('\0') != std::string::npos) return std::nullopt;
  Address address = kMapped;
  if (inet_pton(AF_INET, terminated.c_str(), address.data() + 12) == 1) return address;
  if (inet_pton(AF_INET6, terminated.c_str(), address.data()) == 1) return address;
  return std::nullopt;
}

bool share_bits(const Address& a, const Address& b, unsigned bits) {
  for (unsigned bit = 0; bit < bits; ++bit) {
    const unsigned mask = 0x80U >> (bit % 8);
    if ((a[bit / 8] & mask) != (b[bit / 8] & mask)) return false;
  }
  return true;
}

}  // namespace

bool glob_matches(std::string_view pattern, std::string_view text) {
  const std::vector<Sign> signs = signs_of(pattern);
  const std::vector<std::string_view> points = code_points(text);
  return sequence_matches(
      signs.size(), points.size(), [&](std::size_t p) { return signs[p].kind == Sign::Kind::Run; },
      [&](std::size_t p, std::size_t v) {
        return signs[p].kind == Sign::Kind::One || signs[p].character == points[v];
      });
}

std::optional<bool> path_glob_matches(std::string_view pattern, std::string_view value) {
  const Path wanted = split_path(pattern);
  Path given = split_path(value);
  std::vector<std::string_view> reached;
  for (const std::string_view segment : given.segments) {
    if (segment != "..") {
      reached.push_back(segment);
    } else if (!reached.empty()) {
      reached.pop_back();
    } else if (!given.absolute) {
      return std::nullopt;
    }
  }
  const bool either_way = !wanted.absolute && !wanted.segments.empty() && wanted.segments.front() == "**";
  if (!either_way && wanted.absolute != given.absolute) return false;
  return sequence_matches(
      wanted.segments.size(), reached.size(), [&](std::size_t p) { return wanted.segments[p] == "**"; },
      [&](std::size_t p, std::size_t v) { return glob_matches(wanted.segments[p], reached[v]); });
}

bool regex_matches(std::string_view pattern, std::string_view text) {
  const RE2 regex(re2::StringPiece(pattern.data(), pattern.size()), RE2::Quiet);
  return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), regex);
}

std::optional<bool> is_in_block(std::string_view block, std::string_view address) {
  const std::optional<Address> value = parse_address(address);
  if (!value) return std::nullopt;
  const std::size_t slash = block.find('/');
  const std::string_view base_text = block.substr(0, slash);
  const Address base = parse_address(base_text).value();
  unsigned bits = static_cast<unsigned>(std::stoul(std::string(block.substr(slash + 1))));
  if (base_text.find(':') == std::string_view::npos) bits += 96;
  // An IPv4 address is in no IPv6 block, not even in `::/0`.
  const bool value_is_ipv4 = share_bits(*value, kMapped, 96);
  const bool block_is_ipv4 = share_bits(base, kMapped, 96) && bits >= 96;
  return value_is_ipv4 == block_is_ipv4 && share_bits(*value, base, bits);
}

}  // namespace guardian::testing
