#include "guardian/gateway/negotiation.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "guardian/base/text.h"

namespace guardian::gateway {

namespace {

// Splits at `separator` where it stands outside of quotes; without white space around the parts.
std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quoted && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (text[i] == separator && !quoted) {
      parts.push_back(base::trim(text.substr(begin, i - begin)));
      begin = i + 1;
    }
  }
  parts.push_back(base::trim(text.substr(begin)));
  return parts;
}

// The members of a list field, which may stand in several lines.
std::vector<std::string_view> list_of(const net::Headers& headers, std::string_view name) {
  std::vector<std::string_view> all;
  for (const auto& [field, value] : headers.entries()) {
    if (!base::equal_ignoring_case(field, name)) continue;
    for (const std::string_view part : split(value, ',')) {
      if (!part.empty()) all.push_back(part);
    }
  }
  return all;
}

struct Parameter {
  std::string_view name;
  std::string_view value;
};

Parameter parameter_of(std::string_view text) {
  const std::size_t equals = std::min(text.find('='), text.size());
  std::string_view value = equals == text.size() ? std::string_view() : base::trim(text.substr(equals + 1));
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
  return {base::trim(text.substr(0, equals)), value};
}

// `0.5` in thousandths; 1000 where it is left out, 0 where it is no weight.
std::uint64_t weight_of(const std::vector<std::string_view>& parts) {
  for (const std::string_view part : parts) {
    const Parameter parameter = parameter_of(part);
    if (!base::equal_ignoring_case(parameter.name, "q")) continue;
    const std::size_t dot = std::min(parameter.value.find('.'), parameter.value.size());
    std::string digits(parameter.value.substr(std::min(dot + 1, parameter.value.size())));
    if (digits.size() > 3) return 0;
    digits.resize(3, '0');
    const auto whole = base::parse_unsigned(parameter.value.substr(0, dot), 1);
    const auto fraction = base::parse_unsigned(digits);
    return whole && fraction ? std::min<std::uint64_t>(*whole * 1'000 + *fraction, 1'000) : 0;
  }
  return 1'000;
}

}  // namespace

bool if_none_match(const net::Headers& headers, std::initializer_list<std::string_view> etags) {
  return std::ranges::any_of(list_of(headers, "If-None-Match"), [&](std::string_view tag) {
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    return tag == "*" || std::ranges::find(etags, tag) != etags.end();
  });
}

bool accepts_gzip(const net::Headers& headers) {
  std::optional<std::uint64_t> gzip;
  std::optional<std::uint64_t> any;
  std::uint64_t identity = 0;
  for (const std::string_view item : list_of(headers, "Accept-Encoding")) {
    const auto parts = split(item, ';');
    const std::uint64_t weight = weight_of(parts);
    const std::string coding = base::to_lower(parts.front());
    if (coding == "gzip" || coding == "x-gzip") gzip = std::max(gzip.value_or(0), weight);
    if (coding == "*") any = weight;
    if (coding == "identity") identity = weight;
  }
  const std::uint64_t weight = gzip.value_or(any.value_or(0));
  return weight > 0 && weight >= identity;
}

std::optional<std::chrono::seconds> preferred_wait(const net::Headers& headers, std::chrono::seconds most) {
  for (const std::string_view item : list_of(headers, "Prefer")) {
    const Parameter preference = parameter_of(split(item, ';').front());
    if (!base::equal_ignoring_case(preference.name, "wait")) continue;
    const auto seconds = base::parse_unsigned(preference.value);
    if (!seconds || *seconds == 0) return std::nullopt;
    return std::chrono::seconds(
        static_cast<std::int64_t>(std::min(*seconds, static_cast<std::uint64_t>(most.count()))));
  }
  return std::nullopt;
}

}  // namespace guardian::gateway
