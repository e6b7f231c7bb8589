#include "guardian/policy/facts.h"

#include <charconv>
#include <cstdlib>
#include <span>

namespace guardian::policy {

namespace {

json::Value step_down(const json::Value& value, const Segment& segment) noexcept {
  if (value.is_list()) {
    const auto items = value.as_list();
    return segment.index && *segment.index < items.size() ? items[*segment.index] : json::Value();
  }
  const json::Value* member = value.find(segment.key);
  return member == nullptr ? json::Value() : *member;
}

json::Value text_or_absent(const std::optional<std::string_view>& text) noexcept {
  return text ? json::Value::text(*text) : json::Value();
}

json::Value whole(std::int64_t number) noexcept { return json::Value::integer(number); }

// Appends at least `width` decimal digits.
char* append_digits(char* out, std::int64_t number, int width) noexcept {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), std::abs(number)).ptr;
  if (number < 0) *out++ = '-';
  for (auto missing = width - (end - digits.data()); missing > 0; --missing) *out++ = '0';
  for (const char* digit = digits.data(); digit != end; ++digit) *out++ = *digit;
  return out;
}

}  // namespace

json::Value Facts::look_up(const Attribute& attribute) noexcept {
  json::Value value = root_value(attribute.root);
  for (const auto& segment : attribute.below) {
    if (value.is_null()) break;
    value = step_down(value, segment);
  }
  return value;
}

json::Value Facts::root_value(Root root) noexcept {
  switch (root) {
    case Root::Action:
      return json::Value::text(input_.request.action);
    case Root::Resource:
      return text_or_absent(input_.request.resource);
    case Root::AgentId:
      return json::Value::text(input_.agent.id);
    case Root::AgentName:
      return input_.agent.name;
    case Root::AgentTrustTier:
      return json::Value::text(input_.agent.trust_tier);
    case Root::AgentTrustRank:
      return whole(input_.agent.trust_rank);
    case Root::AgentTags:
      return input_.agent.tags.is_null() ? json::Value::list({}) : input_.agent.tags;
    case Root::AgentOrgId:
      return input_.agent.org_id;
    case Root::AgentMetadata:
      return input_.agent.metadata;
    case Root::Context:
      return input_.request.context;
    case Root::Token:
      return input_.request.token;
    case Root::Delegation:
      return delegation();
    case Root::DelegationDepth:
      return whole(input_.request.delegation_depth);
    case Root::DelegationRoot:
      return text_or_absent(input_.request.delegation_root);
    case Root::TimeYear:
      return whole(local().year);
    case Root::TimeMonth:
      return whole(local().month);
    case Root::TimeDay:
      return whole(local().day);
    case Root::TimeHour:
      return whole(local().hour);
    case Root::TimeMinute:
      return whole(local().minute);
    case Root::TimeSecond:
      return whole(local().second);
    case Root::TimeMinuteOfDay:
      return whole(local().hour * 60 + local().minute);
    case Root::TimeWeekday:
      return whole(local().weekday);
    case Root::TimeEpoch:
      return whole(local().epoch_seconds);
    case Root::TimeIso:
      return iso_time();
  }
  return {};
}

json::Value Facts::delegation() noexcept {
  delegation_[0] = {"depth", whole(input_.request.delegation_depth)};
  delegation_[1] = {"root", text_or_absent(input_.request.delegation_root)};
  const std::size_t size = input_.request.delegation_root ? 2 : 1;
  return json::Value::object(std::span(delegation_).first(size));
}

json::Value Facts::iso_time() noexcept {
  const LocalTime& now = local();
  char* out = append_digits(iso_.data(), now.year, 4);
  *out++ = '-';
  out = append_digits(out, now.month, 2);
  *out++ = '-';
  out = append_digits(out, now.day, 2);
  *out++ = 'T';
  out = append_digits(out, now.hour, 2);
  *out++ = ':';
  out = append_digits(out, now.minute, 2);
  *out++ = ':';
  out = append_digits(out, now.second, 2);
  if (now.offset_seconds == 0) {
    *out++ = 'Z';
  } else {
    const std::int32_t minutes = std::abs(now.offset_seconds) / 60;
    *out++ = now.offset_seconds < 0 ? '-' : '+';
    out = append_digits(out, minutes / 60, 2);
    *out++ = ':';
    out = append_digits(out, minutes % 60, 2);
  }
  return json::Value::text({iso_.data(), static_cast<std::size_t>(out - iso_.data())});
}

const LocalTime& Facts::local() noexcept {
  if (!local_) local_ = zone_.local_time(input_.now);
  return *local_;
}

}  // namespace guardian::policy
