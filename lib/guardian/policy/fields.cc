#include "guardian/policy/fields.h"

#include <algorithm>

#include "guardian/policy/spelling.h"

namespace guardian::policy {

namespace {

bool names_field(std::string_view written, const FieldName& field) noexcept {
  return is_spelling(written, field.name) || (!field.alias.empty() && is_spelling(written, field.alias));
}

base::Error unknown_field(const Scope& scope, const json::Member& member, std::span<const FieldName> names) {
  std::vector<std::string_view> known;
  for (const auto& field : names) known.push_back(field.name);
  return scope.refuse(member.key_offset, "unknown field " + quoted(member.key) + did_you_mean(member.key, known));
}

std::string expected(std::string_view wanted, const json::Value& value) {
  return "must be " + std::string(wanted) + ", not " + std::string(json::to_string(value.kind()));
}

}  // namespace

base::Result<Fields> Fields::read(const Scope& scope, const json::Value& map, std::span<const FieldName> names) {
  if (!map.is_object()) return scope.refuse(map, expected("a map", map));
  Fields fields;
  for (const auto& member : map.as_object()) {
    const auto known = std::ranges::find_if(names, [&](const FieldName& f) { return names_field(member.key, f); });
    if (known == names.end()) return unknown_field(scope, member, names);
    if (const auto twin = std::ranges::find(fields.entries_, known->name, &Entry::name);
        twin != fields.entries_.end()) {
      return scope.refuse(member.key_offset,
                          quoted(member.key) + " beside " + quoted(twin->member->key) + ": two names of one field");
    }
    if (member.value.is_null()) return scope.member(member.key).refuse(member.value, "must not be null");
    fields.entries_.push_back({known->name, &member});
  }
  return fields;
}

const json::Value* Fields::get(std::string_view name) const noexcept {
  const auto found = std::ranges::find(entries_, name, &Entry::name);
  return found == entries_.end() ? nullptr : &found->member->value;
}

base::Result<std::string_view> expect_text(const Scope& scope, const json::Value& value) {
  if (!value.is_text()) return scope.refuse(value, expected("text", value));
  return value.as_text();
}

base::Result<bool> expect_boolean(const Scope& scope, const json::Value& value) {
  if (!value.is_boolean()) return scope.refuse(value, expected("true or false", value));
  return value.as_boolean();
}

base::Result<std::span<const json::Value>> expect_list(const Scope& scope, const json::Value& value) {
  if (!value.is_list()) return scope.refuse(value, expected("a list", value));
  return value.as_list();
}

}  // namespace guardian::policy
