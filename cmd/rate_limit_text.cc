#include "rate_limit_text.h"

#include <vector>

namespace guardian::cmd {

namespace {

std::vector<std::string> texts_of(const policy::RateLimits& limits) {
  std::vector<std::string> texts;
  const auto add = [&texts](std::uint32_t limit, const char* interval) {
    if (limit != 0) texts.push_back(std::to_string(limit) + "/" + interval);
  };
  add(limits.per_second, "second");
  add(limits.per_minute, "minute");
  add(limits.per_hour, "hour");
  add(limits.per_day, "day");
  return texts;
}

}  // namespace

std::string rate_limit_text(const policy::RateLimits& limits) {
  std::string text;
  for (const std::string& one : texts_of(limits)) text += (text.empty() ? "" : ", ") + one;
  return text;
}

void write_rate_limits(std::string_view name, const policy::RateLimits& limits, json::Writer& out) {
  if (!limits.any()) return;
  out.key(name).begin_list();
  for (const std::string& one : texts_of(limits)) out.text(one);
  out.end_list();
}

}  // namespace guardian::cmd
