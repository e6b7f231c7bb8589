#include "guardian/policy/rule_parser.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "guardian/policy/bounds.h"
#include "guardian/policy/condition_map.h"
#include "guardian/policy/fields.h"
#include "guardian/policy/globs.h"

namespace guardian::policy {

namespace {

constexpr std::size_t kMaxNameBytes = 128;
constexpr std::array<std::string_view, 3> kReservedIds{"default", "ceiling", "delegation"};

constexpr std::array kNames{
    FieldName{"id", "name"}, FieldName{"effect"}, FieldName{"actions", "action"}, FieldName{"resources", "resource"},
    FieldName{"conditions"}, FieldName{"reason"}, FieldName{"description"},       FieldName{"rateLimit"},
    FieldName{"alert"},
};

base::Result<Effect> read_effect(const Scope& scope, const json::Value& value) {
  GUARDIAN_ASSIGN(const auto text, expect_text(scope, value));
  for (const auto effect : {Effect::Allow, Effect::Deny, Effect::RequireApproval}) {
    if (text == to_string(effect)) return effect;
  }
  return scope.refuse(value, "unknown effect " + quoted(text) + " (allow, deny, require-approval)");
}

base::Result<Alert> read_alert(const Scope& scope, const json::Value& value) {
  GUARDIAN_ASSIGN(const auto text, expect_text(scope, value));
  for (const auto alert : {Alert::Info, Alert::Warning, Alert::Critical}) {
    if (text == to_string(alert)) return alert;
  }
  return scope.refuse(value, "unknown alert " + quoted(text) + " (info, warning, critical)");
}

// `plural` takes a list, `singular` one pattern; which of the two was written is told by the key.
base::Result<std::vector<Glob>> read_patterns(const Scope& scope, const json::Value& rule, const Fields& fields,
                                              std::string_view plural, std::string_view singular) {
  const json::Value* value = fields.get(plural);
  if (value == nullptr) return std::vector<Glob>();
  if (rule.find(singular) == nullptr) return compile_globs(scope.member(plural), *value);
  GUARDIAN_ASSIGN(auto glob, compile_glob(scope.member(singular), *value));
  std::vector<Glob> globs;
  globs.push_back(std::move(glob));
  return globs;
}

base::Status read_id(const Scope& scope, const Fields& fields, std::string& id) {
  const json::Value* value = fields.get("id");
  if (value == nullptr) return {};
  GUARDIAN_ASSIGN(const auto text, expect_text(scope.member("id"), *value));
  if (!is_name(text)) {
    return scope.member("id").refuse(*value, quoted(text) + " is no rule id ([A-Za-z0-9][A-Za-z0-9._-]{0,127})");
  }
  if (std::ranges::find(kReservedIds, text) != kReservedIds.end()) {
    return scope.member("id").refuse(*value, "the rule id " + quoted(text) + " is reserved");
  }
  id = text;
  return {};
}

// `rateLimit` of the rule, or as a key of its `conditions` map (policy.md section 4, shorthands).
base::Status read_rate_limit(const Scope& scope, const Fields& fields, CompiledRule& rule) {
  const json::Value* own = fields.get("rateLimit");
  const json::Value* conditions = fields.get("conditions");
  const json::Member* among = nullptr;
  if (conditions != nullptr && conditions->is_object()) {
    for (const json::Member& member : conditions->as_object()) {
      if (!names_rate_limit(member.key)) continue;
      if (own != nullptr || among != nullptr) {
        return scope.member("conditions")
            .member(member.key)
            .refuse(member.key_offset, "the rule has a rate limit already");
      }
      among = &member;
    }
  }
  if (own == nullptr && among == nullptr) return {};
  const Scope in_conditions = scope.member("conditions");
  const Scope here = own != nullptr ? scope.member("rateLimit") : in_conditions.member("rateLimit");
  const json::Value& written = own != nullptr ? *own : among->value;
  if (rule.effect != Effect::Allow) return here.refuse(written, "only an allow rule can have a rate limit");
  GUARDIAN_ASSIGN(rule.rate_limits, read_rate_limits(here, written));
  return {};
}

}  // namespace

bool is_name(std::string_view text) noexcept {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
  const auto inner = [&](char c) { return letter(c) || c == '.' || c == '_' || c == '-'; };
  return !text.empty() && text.size() <= kMaxNameBytes && letter(text.front()) && std::ranges::all_of(text, inner);
}

std::string label_of_rule(const json::Value& written, std::size_t number) {
  for (const std::string_view key : {"id", "name"}) {
    const json::Value* id = written.find(key);
    if (id != nullptr && id->is_text() && is_name(id->as_text())) return std::string(id->as_text());
  }
  return "rule-" + std::to_string(number);
}

base::Result<CompiledRule> compile_rule(Place& place, const json::Value& written, std::size_t number,
                                        std::unordered_set<std::string>& ids, ConditionStore& operands) {
  CompiledRule rule;
  rule.id = "rule-" + std::to_string(number);
  place.enter_rule(label_of_rule(written, number));
  const Scope scope(place);
  GUARDIAN_ASSIGN(const auto fields, Fields::read(scope, written, kNames));
  GUARDIAN_TRY(read_id(scope, fields, rule.id));
  if (!ids.insert(rule.id).second) {
    const json::Value* id = fields.get("id");
    return scope.refuse(id == nullptr ? written : *id, "another rule has the same id");
  }

  const json::Value* effect = fields.get("effect");
  if (effect == nullptr) return scope.refuse(written, "`effect` is missing");
  GUARDIAN_ASSIGN(rule.effect, read_effect(scope.member("effect"), *effect));
  if (fields.get("actions") == nullptr) return scope.refuse(written, "`actions` is missing");
  GUARDIAN_ASSIGN(rule.actions, read_patterns(scope, written, fields, "actions", "action"));
  GUARDIAN_ASSIGN(rule.resources, read_patterns(scope, written, fields, "resources", "resource"));
  GUARDIAN_TRY(read_rate_limit(scope, fields, rule));
  if (const auto* conditions = fields.get("conditions")) {
    GUARDIAN_ASSIGN(rule.condition, compile_conditions(scope.member("conditions"), *conditions, operands));
  }
  if (const auto* reason = fields.get("reason")) {
    GUARDIAN_ASSIGN(rule.reason, expect_text(scope.member("reason"), *reason));
  }
  if (const auto* description = fields.get("description")) {
    GUARDIAN_TRY(expect_text(scope.member("description"), *description));
  }
  if (const auto* alert = fields.get("alert")) {
    GUARDIAN_ASSIGN(rule.alert, read_alert(scope.member("alert"), *alert));
  }
  return rule;
}

}  // namespace guardian::policy
