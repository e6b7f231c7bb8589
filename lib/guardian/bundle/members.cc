#include "guardian/bundle/members.h"

#include <algorithm>
#include <array>

#include "guardian/base/text.h"
#include "guardian/json/reader.h"

namespace guardian::bundle {

namespace {

using base::Error;
using base::Result;
using base::Status;
using json::Kind;
using json::Value;

constexpr std::array<std::string_view, 8> kPrivateMembers = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};

std::string_view article(Kind kind) {
  switch (kind) {
    case Kind::Null:
    case Kind::Text:
      return "";
    case Kind::Boolean:
    case Kind::Number:
    case Kind::List:
      return "a ";
    case Kind::Object:
      return "an ";
  }
  GUARDIAN_ASSERT(false);
}

}  // namespace

// Depth is what the reader admitted.
bool holds_private_key(const Value& value) {
  if (value.is_list()) return std::ranges::any_of(value.as_list(), holds_private_key);
  if (!value.is_object()) return false;
  const bool is_key = value.find("kty") != nullptr;
  return std::ranges::any_of(value.as_object(), [&](const json::Member& member) {
    return (is_key && std::ranges::find(kPrivateMembers, member.key) != kPrivateMembers.end()) ||
           holds_private_key(member.value);
  });
}

std::string element(std::string_view name, std::size_t index) {
  return std::string(name) + "[" + std::to_string(index) + "]";
}

std::string place_prefix(const policy::Source& source, std::uint32_t offset) {
  if (source.name.empty()) return {};
  std::string prefix(source.name);
  if (!source.text.empty()) {
    const json::Location location = json::locate(source.text, offset);
    prefix += ":" + std::to_string(location.line) + ":" + std::to_string(location.column);
  }
  return prefix + ": ";
}

std::string Members::path() const {
  if (parent_ == nullptr) return {};
  std::string path = parent_->path();
  if (!path.empty()) path += ": ";
  path += index_ ? element(name_, *index_) : std::string(name_);
  if (!label_.empty()) path += " (" + base::printable(label_) + ")";
  return path;
}

std::string Members::prefix(std::uint32_t offset) const {
  std::string prefix = place_prefix(source_, offset);
  const std::string place = path();
  if (!place.empty()) prefix += place + ": ";
  return prefix;
}

Error Members::error(std::string_view member, const Value* at, std::string_view what) const {
  std::string text = prefix((at == nullptr ? object_ : *at).offset());
  if (!member.empty()) text.append(member).append(": ");
  return Error(code_, text.append(what));
}

Error Members::error_at(std::string_view member, std::size_t index, const Value& at, std::string_view what) const {
  return error(element(member, index), &at, what);
}

Error Members::wrong_kind(std::string_view name, const Value& value, Kind wanted) const {
  std::string what = "must be ";
  what.append(article(wanted)).append(to_string(wanted));
  what.append(", not ").append(article(value.kind())).append(to_string(value.kind()));
  return error(name, &value, what);
}

Status Members::check(std::initializer_list<std::string_view> known, Extensions extensions) const {
  if (!object_.is_object()) return wrong_kind("", object_, Kind::Object);
  for (const json::Member& member : object_.as_object()) {
    if (std::ranges::find(known, member.key) != known.end()) continue;
    const Value key_place = member.value.at_offset(member.key_offset);
    if (extensions == Extensions::Refused || !member.key.starts_with("x-")) {
      return error("", &key_place, "unknown member `" + base::printable(member.key) + "`");
    }
    if (holds_private_key(member.value)) {
      return error(base::printable(member.key), &key_place, "holds a private key");
    }
  }
  return {};
}

Result<const Value*> Members::find(std::string_view name, Kind kind) const {
  const Value* const value = object_.find(name);
  if (value != nullptr && value->kind() != kind) return wrong_kind(name, *value, kind);
  return value;
}

Result<const Value*> Members::get(std::string_view name, Kind kind) const {
  GUARDIAN_ASSIGN(const Value* const value, find(name, kind));
  if (value == nullptr) return error(name, nullptr, "missing");
  return value;
}

Result<std::string_view> Members::text(std::string_view name) const {
  GUARDIAN_ASSIGN(const Value* const value, get(name, Kind::Text));
  return value->as_text();
}

Result<std::string_view> Members::text_not_empty(std::string_view name) const {
  GUARDIAN_ASSIGN(const Value* const value, get(name, Kind::Text));
  if (value->as_text().empty()) return error(name, value, "must not be empty");
  return value->as_text();
}

Result<std::optional<std::string_view>> Members::optional_text(std::string_view name) const {
  GUARDIAN_ASSIGN(const Value* const value, find(name, Kind::Text));
  if (value == nullptr) return std::optional<std::string_view>();
  return std::optional<std::string_view>(value->as_text());
}

Result<base::Instant> Members::instant(std::string_view name) const {
  GUARDIAN_ASSIGN(const Value* const value, get(name, Kind::Text));
  const auto instant = base::parse_rfc3339(value->as_text());
  if (!instant) return error(name, value, "`" + base::printable(value->as_text()) + "` is not an RFC 3339 date-time");
  return *instant;
}

Result<std::optional<base::Instant>> Members::optional_instant(std::string_view name) const {
  if (object_.find(name) == nullptr) return std::optional<base::Instant>();
  GUARDIAN_ASSIGN(const base::Instant value, instant(name));
  return std::optional<base::Instant>(value);
}

Result<std::int64_t> Members::integer(std::string_view name) const {
  GUARDIAN_ASSIGN(const Value* const value, get(name, Kind::Number));
  if (!value->is_integer_literal()) return error(name, value, "must be an integer, without fraction or exponent");
  if (value->is_beyond_exact()) return error(name, value, "integers beyond 2^53 are not exact");
  return static_cast<std::int64_t>(value->as_number());
}

Result<std::span<const Value>> Members::list(std::string_view name) const {
  GUARDIAN_ASSIGN(const Value* const value, get(name, Kind::List));
  return value->as_list();
}

Result<std::span<const Value>> Members::optional_list(std::string_view name) const {
  GUARDIAN_ASSIGN(const Value* const value, find(name, Kind::List));
  if (value == nullptr) return std::span<const Value>();
  return value->as_list();
}

}  // namespace guardian::bundle
