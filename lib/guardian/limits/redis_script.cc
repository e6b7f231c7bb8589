#include "guardian/limits/redis_script.h"

#include "guardian/limits/window.h"

namespace guardian::limits {

namespace {

constexpr std::string_view kScript = R"lua(
if redis.replicate_commands then redis.replicate_commands() end
local LENGTH = {1000000, 60000000, 3600000000, 86400000000}
local CELL = {7812, 468750, 28125000, 675000000}

local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

local function entry(key, index)
  local text = redis.call('LINDEX', key, index)
  if not text then return nil end
  local colon = string.find(text, ':', 1, true)
  if not colon then return nil end
  return tonumber(string.sub(text, 1, colon - 1)), tonumber(string.sub(text, colon + 1))
end

local function written(newest, count)
  return string.format('%.0f:%.0f', newest, count)
end

-- The total without what left the interval. What is ahead of a clock that was set back counts as of now.
local function total(key, interval)
  local sum = tonumber(redis.call('LINDEX', key, 0) or 0)
  if sum == 0 then return 0 end
  local ahead, newest, count = 0, entry(key, -1)
  while newest and newest > now do
    redis.call('RPOP', key)
    ahead = ahead + count
    newest, count = entry(key, -1)
  end
  if ahead > 0 then redis.call('RPUSH', key, written(now, ahead)) end
  newest, count = entry(key, 1)
  while newest and newest + LENGTH[interval] <= now do
    redis.call('LPOP', key)
    sum = sum - count
    redis.call('LSET', key, 0, string.format('%.0f', sum))
    newest, count = entry(key, 1)
  end
  return sum
end

local function wait(key, interval, max)
  local left = total(key, interval)
  local index = 1
  while left >= max do
    local newest, count = entry(key, index)
    left = left - count
    if left < max then return newest + LENGTH[interval] - now end
    index = index + 1
  end
  return 0
end

local function add(key, interval)
  if redis.call('EXISTS', key) == 0 then
    redis.call('RPUSH', key, '1', written(now, 1))
  else
    local sum = tonumber(redis.call('LINDEX', key, 0))
    redis.call('LSET', key, 0, string.format('%.0f', sum + 1))
    local newest, count = entry(key, -1)
    if newest and math.floor(newest / CELL[interval]) == math.floor(now / CELL[interval]) then
      redis.call('LSET', key, -1, written(now, count + 1))
    else
      redis.call('RPUSH', key, written(now, 1))
    end
  end
  redis.call('PEXPIRE', key, string.format('%.0f', LENGTH[interval] / 1000 + 1000))
end

local answers = {}
local argument, key = 1, 0
while argument <= #ARGV do
  local limits = tonumber(ARGV[argument])
  local longest = 0
  for i = 1, limits do
    local waits = wait(KEYS[key + i], tonumber(ARGV[argument + 2 * i - 1]), tonumber(ARGV[argument + 2 * i]))
    if waits > longest then longest = waits end
  end
  if longest == 0 then
    for i = 1, limits do add(KEYS[key + i], tonumber(ARGV[argument + 2 * i - 1])) end
  end
  answers[#answers + 1] = longest
  argument = argument + 1 + 2 * limits
  key = key + limits
end
return answers
)lua";

std::string key_of(const Counter& counter, std::size_t interval) {
  constexpr std::string_view kLetters = "smhd";
  std::string key = "guardian:";
  for (const std::string_view name : {counter.policy, counter.rule, counter.agent}) {
    key += std::to_string(name.size());
    key += ':';
    key += name;
  }
  key += ':';
  key += kLetters[interval];
  return key;
}

}  // namespace

std::string_view redis_script() noexcept { return kScript; }

std::vector<std::string> script_arguments(std::span<const Charge> charges) {
  std::vector<std::string> keys;
  std::vector<std::string> arguments;
  for (const Charge& charge : charges) {
    const std::size_t place = arguments.size();
    arguments.emplace_back();
    std::size_t limits = 0;
    for (const Counter& counter : charge.used()) {
      const auto maxima = in_order(counter.maxima);
      for (std::size_t i = 0; i < kIntervalCount; ++i) {
        if (maxima[i] == 0) continue;
        keys.push_back(key_of(counter, i));
        arguments.push_back(std::to_string(i + 1));
        arguments.push_back(std::to_string(maxima[i]));
        ++limits;
      }
    }
    arguments[place] = std::to_string(limits);
  }
  std::vector<std::string> all;
  all.reserve(1 + keys.size() + arguments.size());
  all.push_back(std::to_string(keys.size()));
  for (std::string& key : keys) all.push_back(std::move(key));
  for (std::string& argument : arguments) all.push_back(std::move(argument));
  return all;
}

}  // namespace guardian::limits
