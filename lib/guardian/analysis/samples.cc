#include "guardian/analysis/samples.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "guardian/analysis/glob_algebra.h"
#include "guardian/base/time.h"

namespace guardian::analysis {

namespace {

using json::Value;

// Equal to no operand that people write, no date-time, no address.
constexpr std::string_view kFreshText = "\x01";

std::vector<double> bounds_of(std::span<const Claim> claims) {
  std::vector<double> bounds;
  for (const Claim& claim : claims) {
    for (const auto& bound : claim.test->bounds()) {
      if (const double* number = std::get_if<double>(&bound)) bounds.push_back(*number);
    }
  }
  return bounds;
}

std::vector<Value> as_values(const std::vector<double>& numbers) {
  std::vector<Value> values;
  for (const double number : numbers) values.push_back(Value::number(number));
  return values;
}

// `points` and something between each two, below the lowest and above the highest.
std::vector<double> with_between(std::vector<double> points) {
  std::ranges::sort(points);
  std::vector<double> all{points.empty() ? 0.0 : points.front() - 1 - std::abs(points.front())};
  for (std::size_t i = 0; i < points.size(); ++i) {
    all.push_back(points[i]);
    const bool last = i + 1 == points.size();
    all.push_back(last ? points[i] + 1 + std::abs(points[i]) : points[i] / 2 + points[i + 1] / 2);
  }
  return all;
}

// The whole numbers beside each point, within the range.
std::vector<double> whole_beside(const std::vector<double>& points, Domain::Range range) {
  std::vector<double> all{range.low, range.high};
  for (const double point : points) {
    for (const double near : {std::floor(point) - 1, std::floor(point), std::ceil(point), std::ceil(point) + 1}) {
      if (near >= range.low && near <= range.high) all.push_back(near);
    }
  }
  return all;
}

// One nanosecond away; nullopt beyond what RFC 3339 can say.
std::optional<base::Instant> beside(base::Instant instant, bool after) {
  constexpr std::uint32_t kLast = 999'999'999;
  constexpr std::int64_t kFirstSecond = -62167219200;
  constexpr std::int64_t kLastSecond = 253402300799;
  if (after) {
    if (instant.nanoseconds < kLast) return base::Instant{instant.seconds, instant.nanoseconds + 1};
    if (instant.seconds == kLastSecond) return std::nullopt;
    return base::Instant{instant.seconds + 1, 0};
  }
  if (instant.nanoseconds > 0) return base::Instant{instant.seconds, instant.nanoseconds - 1};
  if (instant.seconds == kFirstSecond) return std::nullopt;
  return base::Instant{instant.seconds - 1, kLast};
}

std::string format(base::Instant instant) {
  std::string text = base::format_rfc3339(base::to_time_point({instant.seconds, 0}));
  text.pop_back();
  const std::string digits = std::to_string(instant.nanoseconds);
  return text + "." + std::string(9 - digits.size(), '0') + digits + "Z";
}

// A text that the pattern matches, with `filler` for each star.
std::string example_of(std::string_view pattern, std::string_view filler) {
  std::string text;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '*') {
      text += filler;
    } else if (pattern[i] == '?') {
      text += '\x01';
    } else {
      if (pattern[i] == '\\') ++i;
      text += pattern[i];
    }
  }
  return text;
}

}  // namespace

Samples::Samples(std::span<const Claim> claims, const Domain& domain) : claims_(claims), domain_(domain) {
  for (const Claim& claim : claims) add_operand(claim.test->operand);
}

void Samples::add_operand(const Value& operand) {
  constants_.push_back(operand);
  if (!operand.is_list()) return;
  constants_.insert(constants_.end(), operand.as_list().begin(), operand.as_list().end());
}

std::vector<Value> Samples::booleans() const { return {Value::boolean(false), Value::boolean(true)}; }

std::vector<Value> Samples::numbers() const {
  if (domain_.numbers) return as_values(*domain_.numbers);
  std::vector<double> points = bounds_of(claims_);
  for (const Value& constant : constants_) {
    if (constant.is_number()) points.push_back(constant.as_number());
  }
  return as_values(domain_.whole ? whole_beside(points, *domain_.whole) : with_between(std::move(points)));
}

std::vector<Value> Samples::texts() {
  std::vector<Value> samples;
  if (domain_.texts) {
    for (const auto& text : *domain_.texts) samples.push_back(Value::text(text));
    return samples;
  }
  samples.push_back(Value::text(kFreshText));
  std::ranges::copy_if(constants_, std::back_inserter(samples), &Value::is_text);
  const auto add_examples = [&](std::string_view pattern) {
    for (const std::string_view filler : {std::string_view(), kFreshText}) {
      samples.push_back(made_.add_text(example_of(pattern, filler)));
    }
  };
  for (const Claim& claim : claims_) {
    for (const auto& glob : claim.test->globs()) add_examples(glob.pattern());
  }
  for (const auto& pattern : domain_.patterns) add_examples(pattern.pattern());
  for (const auto& pattern : domain_.more_patterns) add_examples(pattern.pattern());
  std::ranges::copy(instants(), std::back_inserter(samples));
  return samples;
}

std::vector<Value> Samples::instants() {
  std::vector<Value> samples;
  const auto add = [&](std::optional<base::Instant> instant) {
    if (instant) samples.push_back(made_.add_text(format(*instant)));
  };
  for (const Claim& claim : claims_) {
    for (const auto& bound : claim.test->bounds()) {
      const auto* instant = std::get_if<base::Instant>(&bound);
      if (instant == nullptr) continue;
      add(*instant);
      add(beside(*instant, false));
      add(beside(*instant, true));
    }
  }
  return samples;
}

std::vector<Value> Samples::lists() {
  std::vector<Value> members;
  for (const Value& constant : constants_) {
    if (!constant.is_list() && (constant.is_text() || !domain_.text_members)) members.push_back(constant);
  }
  std::vector<Value> samples{Value::list({}), made_.add_list(std::array{Value::text(kFreshText)})};
  for (const Value& member : members) samples.push_back(made_.add_list(std::array{member}));
  samples.push_back(made_.add_list(members));
  members.push_back(Value::text(kFreshText));
  samples.push_back(made_.add_list(members));
  if (!domain_.text_members) std::ranges::copy_if(constants_, std::back_inserter(samples), &Value::is_list);
  return samples;
}

std::vector<Value> Samples::objects() {
  std::vector<Value> samples{made_.add_object({}),
                             made_.add_object(std::array{json::Member{kFreshText, Value::boolean(true)}})};
  std::ranges::copy_if(constants_, std::back_inserter(samples), &Value::is_object);
  return samples;
}

}  // namespace guardian::analysis
