#include "support/naive/naive_limits.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "support/naive/values.h"

namespace guardian::testing {
namespace {

using json::Value;
using Time = NaiveLimits::Time;

struct Length {
  std::string_view unit;
  std::string_view suffix;
  std::chrono::seconds interval;
};

constexpr Length kLengths[] = {{"second", "Second", std::chrono::seconds(1)},
                               {"minute", "Minute", std::chrono::seconds(60)},
                               {"hour", "Hour", std::chrono::seconds(3'600)},
                               {"day", "Day", std::chrono::seconds(86'400)}};

std::int64_t to_ms_rounded_up(Time time) { return std::chrono::ceil<std::chrono::milliseconds>(time).count(); }

// From when on a full interval may, and from when on it must, admit again: the moment its oldest allow of the last N
// has left. nullopt: it is not full.
std::optional<std::pair<Time, Time>> free_again(const NaiveLimit& limit, const std::vector<Time>& allowed) {
  if (allowed.size() < limit.most) return std::nullopt;
  const Time oldest = allowed[allowed.size() - limit.most];
  const Time interval = limit.interval;
  return std::pair(oldest + interval, oldest + interval + interval / 100);
}

}  // namespace

std::vector<NaiveLimit> read_limits(const Value& written) {
  std::vector<NaiveLimit> limits;
  for (const Length& length : kLengths) {
    if (written.is_text()) {
      const std::string text(written.as_text());
      const std::size_t slash = text.find('/');
      if (text.substr(slash + 1) != length.unit) continue;
      limits.push_back({static_cast<std::uint32_t>(std::stoul(text.substr(0, slash))), length.interval});
      continue;
    }
    for (const std::string_view prefix : {"requestsPer", "maxPer"}) {
      const Value* most = field(written, std::string(prefix) + std::string(length.suffix));
      if (most == nullptr) continue;
      limits.push_back({static_cast<std::uint32_t>(most->as_number()), length.interval});
    }
  }
  return limits;
}

bool is_limit_key(std::string_view key) { return is_name(key, "rateLimit"); }

std::vector<NaiveLimit> limits_of_rule(const Value& rule) {
  if (const Value* own = field(rule, "rateLimit")) return read_limits(*own);
  const Value* conditions = field(rule, "conditions");
  const Value* inside = conditions == nullptr ? nullptr : field(*conditions, "rateLimit");
  return inside == nullptr ? std::vector<NaiveLimit>() : read_limits(*inside);
}

NaiveLimits::Judgement NaiveLimits::judge(std::span<const NaiveCount> counts, Time now) const {
  Judgement judgement;
  for (const NaiveCount& count : counts) {
    const auto found = allowed_.find(Key(count.policy, count.rule, count.agent));
    if (found == allowed_.end()) continue;
    for (const NaiveLimit& limit : count.limits) {
      const auto free = free_again(limit, found->second);
      if (!free || now > free->second) continue;
      if (now < free->first) {
        judgement.demand = Demand::Refuse;
        judgement.least_retry_ms = std::max(judgement.least_retry_ms, to_ms_rounded_up(free->first - now));
      } else if (judgement.demand == Demand::Admit) {
        judgement.demand = Demand::Either;
      }
      judgement.most_retry_ms = std::max(judgement.most_retry_ms, to_ms_rounded_up(free->second - now));
    }
  }
  if (judgement.demand != Demand::Admit) {
    judgement.least_retry_ms = std::max<std::int64_t>(judgement.least_retry_ms, 1);
    judgement.most_retry_ms = std::max<std::int64_t>(judgement.most_retry_ms, 1);
  }
  return judgement;
}

void NaiveLimits::record(std::span<const NaiveCount> counts, Time now) {
  for (const NaiveCount& count : counts) allowed_[Key(count.policy, count.rule, count.agent)].push_back(now);
}

}  // namespace guardian::testing
