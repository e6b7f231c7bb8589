#include "guardian/policy/policy_parser.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "guardian/policy/bounds.h"
#include "guardian/policy/fields.h"
#include "guardian/policy/rule_parser.h"
#include "guardian/policy/shape.h"
#include "guardian/policy/spelling.h"

namespace guardian::policy {

namespace {

constexpr std::array kPolicyNames{
    FieldName{"name"},        FieldName{"version"},       FieldName{"description"}, FieldName{"enabled"},
    FieldName{"enforcement"}, FieldName{"combining"},     FieldName{"timezone"},    FieldName{"appliesTo"},
    FieldName{"rules"},       FieldName{"defaultEffect"}, FieldName{"rateLimits"},  FieldName{"delegation"},
};
constexpr std::array kWrapperNames{FieldName{"apiVersion"}, FieldName{"kind"}, FieldName{"metadata"},
                                   FieldName{"spec"}};
constexpr std::array kMetadataNames{FieldName{"name"}, FieldName{"labels"}, FieldName{"annotations"}};

using Compiled = std::unique_ptr<const CompiledPolicy>;

bool is_wrapper(const json::Value& document) noexcept {
  return document.is_object() && std::ranges::any_of(document.as_object(), [](const json::Member& member) {
           return std::ranges::any_of(kWrapperNames,
                                      [&](const FieldName& f) { return is_spelling(member.key, f.name); });
         });
}

class Parser {
 public:
  Parser(const Source& source, const CompileOptions& options)
      : place_(source), options_(options), policy_(std::make_unique<CompiledPolicy>()) {
    if (options.regex_budget != nullptr) policy_->operands.share(*options.regex_budget);
  }

  base::Result<Compiled> parse(const json::Value& document) {
    const Scope top(place_);
    const json::Value* body = &document;
    // A policy with its name has no wrapper, only a member too many.
    const bool wrapped = is_wrapper(document) && (document.find("name") == nullptr || document.find("spec") != nullptr);
    // The name comes first, so that every later error can say it.
    if (!wrapped) enter_if_named(document.find("name"));
    if (wrapped) {
      const json::Value* metadata = document.find("metadata");
      enter_if_named(metadata == nullptr ? nullptr : metadata->find("name"));
    }
    GUARDIAN_TRY(check_shape(place_, document));
    if (wrapped) {
      GUARDIAN_ASSIGN(body, unwrap(top, document));
    }
    const Scope scope = wrapped ? top.member("spec") : top;
    GUARDIAN_TRY(wrapped ? read_spec(scope, *body) : read_plain(scope, *body));
    return Compiled(std::move(policy_));
  }

 private:
  void enter_if_named(const json::Value* name) {
    if (name != nullptr && name->is_text() && is_name(name->as_text())) place_.enter_policy(name->as_text());
  }

  base::Status read_name(const Scope& scope, const Fields& fields, const json::Value& holder) {
    const json::Value* name = fields.get("name");
    if (name == nullptr) return scope.refuse(holder, "`name` is missing");
    GUARDIAN_ASSIGN(const auto text, expect_text(scope.member("name"), *name));
    if (!is_name(text)) {
      return scope.member("name").refuse(*name, quoted(text) + " is no policy name ([A-Za-z0-9][A-Za-z0-9._-]{0,127})");
    }
    policy_->name = text;
    return {};
  }

  base::Result<const json::Value*> unwrap(const Scope& scope, const json::Value& document) {
    GUARDIAN_ASSIGN(const auto fields, Fields::read(scope, document, kWrapperNames));
    for (const auto& field : kWrapperNames) {
      if (fields.get(field.name) == nullptr) {
        return scope.refuse(document,
                            "`" + std::string(field.name) + "` is missing beside the other members of a wrapper");
      }
    }
    GUARDIAN_TRY(expect_text(scope.member("apiVersion"), *fields.get("apiVersion")));
    GUARDIAN_ASSIGN(const auto kind, expect_text(scope.member("kind"), *fields.get("kind")));
    if (kind != "Policy") {
      return scope.member("kind").refuse(*fields.get("kind"), "must be `Policy`, not " + quoted(kind));
    }
    GUARDIAN_TRY(read_metadata(scope.member("metadata"), *fields.get("metadata")));
    return fields.get("spec");
  }

  base::Status read_metadata(const Scope& scope, const json::Value& metadata) {
    GUARDIAN_ASSIGN(const auto fields, Fields::read(scope, metadata, kMetadataNames));
    for (const std::string_view name : {"labels", "annotations"}) {
      const json::Value* map = fields.get(name);
      if (map == nullptr) continue;
      const Scope here = scope.member(name);
      if (!map->is_object()) return here.refuse(*map, "must be a map of texts");
      for (const auto& member : map->as_object()) {
        GUARDIAN_TRY(expect_text(here.member(member.key), member.value));
      }
    }
    return read_name(scope, fields, metadata);
  }

  base::Status read_plain(const Scope& scope, const json::Value& body) {
    GUARDIAN_ASSIGN(const auto fields, Fields::read(scope, body, kPolicyNames));
    GUARDIAN_TRY(read_name(scope, fields, body));
    return read_body(scope, fields, body);
  }

  base::Status read_spec(const Scope& scope, const json::Value& body) {
    // `name` is metadata's; here it is unknown as any other.
    const auto is_not_name = [](const FieldName& field) { return field.name != "name"; };
    std::array<FieldName, kPolicyNames.size() - 1> names;
    std::ranges::copy_if(kPolicyNames, names.begin(), is_not_name);
    GUARDIAN_ASSIGN(const auto fields, Fields::read(scope, body, names));
    return read_body(scope, fields, body);
  }

  base::Status read_body(const Scope& scope, const Fields& fields, const json::Value& body) {
    GUARDIAN_TRY(read_texts(scope, fields));
    GUARDIAN_TRY(read_modes(scope, fields));
    GUARDIAN_TRY(read_time_zone(scope, fields));
    GUARDIAN_TRY(read_bounds(scope, fields));
    if (const auto* value = fields.get("appliesTo")) {
      GUARDIAN_ASSIGN(policy_->applies_to, AppliesTo::compile(scope.member("appliesTo"), *value, options_.tiers));
    }
    const json::Value* rules = fields.get("rules");
    if (rules == nullptr) return scope.refuse(body, "`rules` is missing");
    return read_rules(scope.member("rules"), *rules);
  }

  base::Status read_texts(const Scope& scope, const Fields& fields) {
    if (const auto* value = fields.get("version")) {
      GUARDIAN_ASSIGN(policy_->version, expect_text(scope.member("version"), *value));
    }
    if (const auto* value = fields.get("description")) {
      GUARDIAN_ASSIGN(policy_->description, expect_text(scope.member("description"), *value));
    }
    return {};
  }

  base::Status read_modes(const Scope& scope, const Fields& fields) {
    if (const auto* value = fields.get("enabled")) {
      GUARDIAN_ASSIGN(policy_->enabled, expect_boolean(scope.member("enabled"), *value));
    }
    if (const auto* value = fields.get("enforcement")) {
      GUARDIAN_ASSIGN(policy_->enforcement, read_choice(scope.member("enforcement"), *value,
                                                        std::array{Enforcement::Enforce, Enforcement::DryRun}));
    }
    policy_->combining = options_.default_combining;
    if (const auto* value = fields.get("combining")) {
      GUARDIAN_ASSIGN(policy_->combining,
                      read_choice(scope.member("combining"), *value,
                                  std::array{Combining::DenyOverrides, Combining::FirstApplicable}));
    }
    if (const auto* value = fields.get("defaultEffect")) {
      GUARDIAN_ASSIGN(policy_->default_effect,
                      read_choice(scope.member("defaultEffect"), *value, std::array{Effect::Allow, Effect::Deny}));
    }
    return {};
  }

  template <typename Choice>
  static base::Result<Choice> read_choice(const Scope& scope, const json::Value& value,
                                          const std::array<Choice, 2>& choices) {
    GUARDIAN_ASSIGN(const auto text, expect_text(scope, value));
    for (const auto choice : choices) {
      if (text == to_string(choice)) return choice;
    }
    return scope.refuse(value, "must be `" + std::string(to_string(choices[0])) + "` or `" +
                                   std::string(to_string(choices[1])) + "`, not " + quoted(text));
  }

  base::Status read_bounds(const Scope& scope, const Fields& fields) {
    if (const auto* value = fields.get("rateLimits")) {
      GUARDIAN_ASSIGN(policy_->rate_limits, read_rate_limits(scope.member("rateLimits"), *value));
    }
    if (const auto* value = fields.get("delegation")) {
      GUARDIAN_ASSIGN(policy_->delegation, read_delegation(scope.member("delegation"), *value));
    }
    return {};
  }

  base::Status read_time_zone(const Scope& scope, const Fields& fields) {
    const auto* value = fields.get("timezone");
    if (value == nullptr) return {};
    GUARDIAN_ASSIGN(const auto name, expect_text(scope.member("timezone"), *value));
    auto zone = TimeZone::find(name);
    if (!zone.ok()) return scope.member("timezone").refuse(value->offset(), zone.error());
    policy_->zone = std::move(zone).value();
    return {};
  }

  base::Status read_rules(const Scope& scope, const json::Value& list) {
    GUARDIAN_ASSIGN(const auto items, expect_list(scope, list));
    std::unordered_set<std::string> ids;
    policy_->rules.reserve(items.size());
    std::size_t number = 0;
    for (const auto& item : items) {
      GUARDIAN_ASSIGN(auto rule, compile_rule(place_, item, ++number, ids, policy_->operands));
      policy_->rules.push_back(std::move(rule));
    }
    if (policy_->rules.size() > kIndexedRules) index_rules();
    return {};
  }

  void index_rules() {
    GlobIndexBuilder builder;
    for (std::uint32_t i = 0; i < policy_->rules.size(); ++i) {
      for (const Glob& action : policy_->rules[i].actions) builder.add(i, action);
    }
    policy_->rules_by_action = std::move(builder).build();
  }

  Place place_;
  const CompileOptions& options_;
  std::unique_ptr<CompiledPolicy> policy_;
};

}  // namespace

base::Result<Compiled> compile_policy(const json::Value& document, const Source& source,
                                      const CompileOptions& options) {
  return Parser(source, options).parse(document);
}

}  // namespace guardian::policy
