#include "support/naive/attributes.h"

#include <date/tz.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>

#include "guardian/json/writer.h"
#include "support/naive/values.h"

namespace guardian::testing {
namespace {

using json::Value;

constexpr std::array<std::string_view, 8> kRoots = {"action",  "resource", "agent",      "context",
                                                    "request", "token",    "delegation", "time"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_identifier_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '-';
}

std::string read_identifier(std::string_view text, std::size_t& at) {
  std::string name;
  while (at < text.size() && is_identifier_character(text[at])) name += text[at++];
  return name;
}

// From the opening bracket to after the closing one.
std::string read_quoted_segment(std::string_view text, std::size_t& at) {
  const char quote = text[at + 1];
  std::string name;
  for (at += 2; text[at] != quote; ++at) {
    if (text[at] == '\\') {
      ++at;
      name += text[at] == 'n' ? '\n' : text[at] == 't' ? '\t' : text[at];
    } else {
      name += text[at];
    }
  }
  at += 2;
  return name;
}

Value walk(Value value, const Path& path, std::size_t from) {
  for (std::size_t i = from; i < path.size(); ++i) {
    const std::string& segment = path[i];
    const bool digits = !segment.empty() && std::ranges::all_of(segment, is_digit);
    if (value.is_object()) {
      const Value* member = value.find(segment);
      value = member == nullptr ? Value() : *member;
    } else if (value.is_list() && digits && segment.size() < 10) {
      const std::size_t index = std::stoul(segment);
      value = index < value.as_list().size() ? value.as_list()[index] : Value();
    } else {
      return Value();
    }
  }
  return value;
}

std::string padded(long long number, std::size_t width) {
  const std::string digits = std::to_string(number);
  return digits.size() >= width ? digits : std::string(width - digits.size(), '0') + digits;
}

struct LocalTime {
  std::chrono::seconds offset;
  date::year_month_day day;
  date::weekday weekday;
  date::hh_mm_ss<std::chrono::seconds> clock;
};

LocalTime local_time(const Scene& scene) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(scene.now);
  const auto offset = date::locate_zone(std::string(scene.timezone))->get_info(seconds).offset;
  const auto local = seconds + offset;
  const auto day = std::chrono::floor<date::days>(local);
  return {offset, date::year_month_day(day), date::weekday(day), date::hh_mm_ss<std::chrono::seconds>(local - day)};
}

std::string iso_text(const LocalTime& time) {
  std::string text = padded(static_cast<int>(time.day.year()), 4) + "-" +
                     padded(static_cast<unsigned>(time.day.month()), 2) + "-" +
                     padded(static_cast<unsigned>(time.day.day()), 2) + "T" + padded(time.clock.hours().count(), 2) +
                     ":" + padded(time.clock.minutes().count(), 2) + ":" + padded(time.clock.seconds().count(), 2);
  const auto offset = time.offset.count();
  if (offset == 0) return text + "Z";
  const auto minutes = std::abs(offset) / 60;
  return text + (offset < 0 ? "-" : "+") + padded(minutes / 60, 2) + ":" + padded(minutes % 60, 2);
}

Value time_attribute(const Scene& scene, std::string_view name) {
  const auto integer = [](auto number) { return Value::integer(static_cast<std::int64_t>(number)); };
  const LocalTime time = local_time(scene);
  if (name == "year") return integer(static_cast<int>(time.day.year()));
  if (name == "month") return integer(static_cast<unsigned>(time.day.month()));
  if (name == "day") return integer(static_cast<unsigned>(time.day.day()));
  if (name == "hour") return integer(time.clock.hours().count());
  if (name == "minute") return integer(time.clock.minutes().count());
  if (name == "second") return integer(time.clock.seconds().count());
  if (is_name(name, "minuteOfDay")) return integer(time.clock.hours().count() * 60 + time.clock.minutes().count());
  if (name == "weekday") return integer(time.weekday.iso_encoding());
  if (name == "epoch") {
    return integer(std::chrono::floor<std::chrono::seconds>(scene.now).time_since_epoch().count());
  }
  if (name == "iso") return scene.memory.add_text(iso_text(time));
  std::abort();
}

Value agent_attribute(const Scene& scene, const Path& path) {
  const std::string& name = path[1];
  const policy::Agent& agent = scene.agent;
  if (name == "id") return walk(Value::text(agent.id), path, 2);
  if (name == "name") return walk(agent.name, path, 2);
  if (is_name(name, "trustTier") || name == "tier") return walk(Value::text(agent.trust_tier), path, 2);
  if (is_name(name, "trustRank")) return walk(Value::integer(agent.trust_rank), path, 2);
  if (name == "tags") return walk(agent.tags, path, 2);
  if (is_name(name, "orgId")) return walk(agent.org_id, path, 2);
  if (name == "metadata") return walk(agent.metadata, path, 2);
  std::abort();
}

Value delegation_value(const Scene& scene) {
  std::vector<json::Member> members = {
      {"depth", Value::integer(static_cast<std::int64_t>(scene.request.delegation_depth))}};
  if (scene.request.delegation_root) members.push_back({"root", Value::text(*scene.request.delegation_root)});
  return scene.memory.add_object(members);
}

Value value_at(const Scene& scene, const Path& path) {
  const std::string& root = path.front();
  if (root == "action") return Value::text(scene.request.action);
  if (root == "resource") return scene.request.resource ? Value::text(*scene.request.resource) : Value();
  if (root == "context" || root == "request") return walk(scene.request.context, path, 1);
  if (root == "token") return walk(scene.request.token, path, 1);
  if (root == "delegation") return walk(delegation_value(scene), path, 1);
  if (root == "time") return walk(time_attribute(scene, path.at(1)), path, 2);
  if (root == "agent") return agent_attribute(scene, path);
  std::abort();
}

}  // namespace

Path read_path(std::string_view text, std::size_t& at) {
  Path path = {read_identifier(text, at)};
  while (at < text.size()) {
    if (text[at] == '.') {
      ++at;
      path.push_back(read_identifier(text, at));
    } else if (text[at] == '[') {
      path.push_back(read_quoted_segment(text, at));
    } else {
      break;
    }
  }
  return path;
}

Path parse_path(std::string_view text) {
  std::size_t at = 0;
  return read_path(text, at);
}

bool is_root(std::string_view name) { return std::ranges::find(kRoots, name) != kRoots.end(); }

Path with_root(Path path) {
  if (is_root(path.front())) return path;
  if (path.front() == "tags") return {"agent", "tags"};
  path.insert(path.begin(), "context");
  return path;
}

std::string canonical_path(const Path& path) {
  static constexpr std::string_view kNames[] = {"trustTier", "trustRank", "orgId", "minuteOfDay"};
  std::string text = path.front() == "request" ? "context" : path.front();
  for (std::size_t i = 1; i < path.size(); ++i) {
    std::string segment = path[i];
    if (i == 1 && (text == "agent" || text == "time")) {
      if (segment == "tier") segment = "trustTier";
      const auto* const found = std::ranges::find_if(kNames, [&](auto name) { return is_name(segment, name); });
      if (found != std::end(kNames)) segment = *found;
    }
    const bool index = !segment.empty() && std::ranges::all_of(segment, is_digit);
    const bool plain = !segment.empty() && !is_digit(segment.front()) && segment.front() != '-' &&
                       std::ranges::all_of(segment, is_identifier_character);
    if (index || plain) {
      text += "." + segment;
    } else {
      text += "[";
      json::append_quoted(text, segment);
      text += "]";
    }
  }
  return text;
}

Subject attribute(const Scene& scene, Path path) {
  const Value actual = value_at(scene, path);
  return {std::move(path), actual};
}

}  // namespace guardian::testing
