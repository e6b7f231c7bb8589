#include "support/naive/vocabulary.h"

#include <cstdlib>
#include <vector>

namespace guardian::testing {
namespace {

using json::Value;

constexpr Attribute kAttributes[] = {
    {"context.amount", ValueKind::Number, {"request.amount", "context[\"amount\"]"}, "amount"},
    {"context.recipient", ValueKind::Text, {"request.recipient"}, "recipient"},
    {"context.file", ValueKind::Path, {"request.file"}, "file"},
    {"context.ip", ValueKind::Address, {"request[\"ip\"]"}, "ip"},
    {"context.when", ValueKind::Moment, {"request.when"}, "when"},
    {"context.urgent", ValueKind::Flag, {"request.urgent"}, "urgent"},
    {"context.labels", ValueKind::Texts, {"request.labels"}, "labels"},
    {"context.scores", ValueKind::Numbers, {"request.scores"}, "scores"},
    {"context.tenant", ValueKind::Object, {"request.tenant"}, "tenant"},
    {"context.tenant.plan", ValueKind::Text, {"request.tenant.plan", "context[\"tenant\"].plan"}},
    {"context.labels.0", ValueKind::Text, {"request.labels.0"}},
    {"context.items.1.price", ValueKind::Number},
    {"context[\"a.b\"]", ValueKind::Text, {"request[\"a.b\"]"}},
    {"action", ValueKind::Text},
    {"resource", ValueKind::Path},
    {"agent.id", ValueKind::Text},
    {"agent.name", ValueKind::Text},
    {"agent.trustTier", ValueKind::Text, {"agent.trust_tier", "agent.tier"}},
    {"agent.trustRank", ValueKind::Number, {"agent.trust_rank"}},
    {"agent.tags", ValueKind::Texts},
    {"agent.orgId", ValueKind::Text, {"agent.org_id"}},
    {"agent.metadata", ValueKind::Object},
    {"agent.metadata.plan", ValueKind::Text},
    {"agent.metadata.level", ValueKind::Number, {"agent.metadata[\"level\"]"}},
    {"token", ValueKind::Object},
    {"token.plan", ValueKind::Text},
    {"token.roles", ValueKind::Texts},
    {"delegation.depth", ValueKind::Number},
    {"delegation.root", ValueKind::Text},
    {"time.year", ValueKind::Number},
    {"time.month", ValueKind::Number},
    {"time.day", ValueKind::Number},
    {"time.hour", ValueKind::Number},
    {"time.minute", ValueKind::Number},
    {"time.second", ValueKind::Number},
    {"time.minuteOfDay", ValueKind::Number, {"time.minute_of_day"}},
    {"time.weekday", ValueKind::Number},
    {"time.epoch", ValueKind::Number},
    {"time.iso", ValueKind::Moment},
};

constexpr double kNumbers[] = {0, 1, 1, 2, 5, 5, 9.5, 10, -1, 18, 30, 630, 2026, 1e21, 1776508200};
constexpr std::string_view kTexts[] = {
    "",     "a",        "a",   "a",   "ab",   "ab",      "abc",     "b",        "b",     "a:b", "x@example.com",
    "café", "read:doc", "pro", "pro", "free", "support", "agent_1", "verified", "org_a", "a*b", "it's \"so\"\\\n\tend"};
constexpr std::string_view kPaths[] = {"/srv/a",    "/srv/a/b", "srv/a",    "a/../b", "../a",  "/../srv/a",
                                       "",          "/",        "a//b/./c", ".",      "doc/1", "/srv/../etc/x",
                                       "a/../../b", "/srv/a/",  "srv"};
constexpr std::string_view kAddresses[] = {"10.0.0.1", "10.1.2.3",        "192.168.1.9", "::1",          "2001:db8::5",
                                           "10.0.0",   "::ffff:10.0.0.1", "010.0.0.1",   "fe80::1%eth0", ""};
constexpr std::string_view kMoments[] = {"2026-04-18T10:30:00Z", "2026-04-18T12:30:00+02:00", "2026-04-18T10:30:00.5Z",
                                         "2025-12-31T23:59:59Z", "2027-01-01T05:30:00+05:30", "2026-04-18t10:30:00z"};
constexpr std::string_view kNoMoments[] = {"2026-04-18", "2026-04-18T10:30:00", "2026-13-01T00:00:00Z", "now"};

constexpr std::string_view kActions[] = {"read:doc",   "read:mail",   "write:doc", "write:mail",
                                         "delete:doc", "delete:mail", "admin:x:y", "a"};
constexpr std::string_view kActionGlobs[] = {"*",        "read:*",     "*:doc", "write:*",  "delete:*", "w*l",
                                             "read:do?", "read\\:doc", "**",    "admin:**", "read:doc", "*"};
constexpr std::string_view kResources[] = {"doc/1", "doc/2", "mail/1", "", "/srv/a"};
constexpr std::string_view kResourceGlobs[] = {"doc/*", "*", "*/1", "doc/?", "mail/1", "/srv*"};
constexpr std::string_view kTextGlobs[] = {"*",   "a*",   "*b",  "?",   "a?",  "*@example.com", "a\\*b",
                                           "\\a", "caf?", "**c", "*:*", "pro", "*o*",           "agent_?"};
constexpr std::string_view kPathGlobs[] = {"/srv/**", "**",      "**/b",  "srv/*",    "/srv/a", "a/*",
                                           "*",       "/**",     "./a",   "/srv/./?", "s**v/a", "a\\*b",
                                           "doc/1",   "**/a/**", "/**/x", "/"};
constexpr std::string_view kRegexes[] = {"^a", "b$", "a.c", "(?i)ABC", "^$", "[0-9]+", "x@", "é", "^.{4}$", "pro|free"};
constexpr std::string_view kBlocks[] = {"10.0.0.0/8",    "10.0.0.1/32",         "0.0.0.0/0", "::/0",
                                        "2001:db8::/32", "::ffff:10.0.0.0/104", "::1/128",   "::ffff:0:0/96"};

Value text_list(Random& random, json::Document& memory) {
  std::vector<Value> members;
  for (std::size_t n = random.below(4); n > 0; --n) {
    members.push_back(random.percent(90) ? Value::text(random.pick(kTexts)) : any_value(random, memory));
  }
  return memory.add_list(members);
}

Value number_list(Random& random, json::Document& memory) {
  std::vector<Value> members;
  for (std::size_t n = random.below(4); n > 0; --n) {
    members.push_back(random.percent(85) ? Value::number(random.pick(kNumbers)) : Value());
  }
  return memory.add_list(members);
}

Value object(Random& random, json::Document& memory) {
  std::vector<json::Member> members;
  if (random.percent(70)) members.push_back({"plan", Value::text(random.percent(60) ? "pro" : "free")});
  if (random.percent(30)) members.push_back({"level", Value::number(random.pick(kNumbers))});
  if (random.percent(30)) members.push_back({"roles", text_list(random, memory)});
  return memory.add_object(members);
}

}  // namespace

const Attribute& pick_attribute(Random& random) {
  constexpr std::size_t kOfContext = 13;
  return random.percent(40) ? kAttributes[random.below(kOfContext)] : random.pick(kAttributes);
}

Value value_of(ValueKind kind, Random& random, json::Document& memory) {
  switch (kind) {
    case ValueKind::Texts:
      return text_list(random, memory);
    case ValueKind::Numbers:
      return number_list(random, memory);
    case ValueKind::Object:
      return object(random, memory);
    case ValueKind::Moment:
      if (random.percent(15)) return Value::text(random.pick(kNoMoments));
      return scalar(kind, random);
    case ValueKind::Number:
    case ValueKind::Text:
    case ValueKind::Path:
    case ValueKind::Address:
    case ValueKind::Flag:
      return scalar(kind, random);
  }
  std::abort();
}

Value any_value(Random& random, json::Document& memory) {
  constexpr ValueKind kKinds[] = {ValueKind::Number, ValueKind::Text,  ValueKind::Path,    ValueKind::Address,
                                  ValueKind::Flag,   ValueKind::Texts, ValueKind::Numbers, ValueKind::Object};
  if (random.percent(10)) return Value();
  return value_of(random.pick(kKinds), random, memory);
}

Value scalar(ValueKind kind, Random& random) {
  switch (kind) {
    case ValueKind::Number:
    case ValueKind::Numbers:
      return Value::number(random.pick(kNumbers));
    case ValueKind::Text:
    case ValueKind::Texts:
    case ValueKind::Object:
      return Value::text(random.pick(kTexts));
    case ValueKind::Path:
      return Value::text(random.pick(kPaths));
    case ValueKind::Address:
      return Value::text(random.pick(kAddresses));
    case ValueKind::Moment:
      return Value::text(random.pick(kMoments));
    case ValueKind::Flag:
      return Value::boolean(random.percent(50));
  }
  std::abort();
}

std::span<const std::string_view> action_globs() { return kActionGlobs; }
std::span<const std::string_view> actions() { return kActions; }
std::span<const std::string_view> resource_globs() { return kResourceGlobs; }
std::span<const std::string_view> resources() { return kResources; }
std::span<const std::string_view> text_globs() { return kTextGlobs; }
std::span<const std::string_view> path_globs() { return kPathGlobs; }
std::span<const std::string_view> regexes() { return kRegexes; }
std::span<const std::string_view> blocks() { return kBlocks; }
std::span<const std::string_view> moments() { return kMoments; }

}  // namespace guardian::testing
