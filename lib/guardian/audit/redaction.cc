#include "guardian/audit/redaction.h"

#include <algorithm>
#include <array>
#include <vector>

#include "guardian/crypto/hmac.h"
#include "guardian/json/reader.h"
#include "guardian/json/writer.h"

namespace guardian::audit {

namespace {

constexpr std::array<std::string_view, 9> kSecretNames = {"password",  "passwd",     "secret",        "token", "apikey",
                                                          "accesskey", "privatekey", "authorization", "cookie"};
constexpr std::size_t kMarkerHexDigits = 8;
// An explanation wraps values that were themselves admitted at depth 64.
constexpr std::size_t kMaxExplainDepth = 128;
constexpr std::size_t kMaxExplainBytes = std::size_t{256} << 20;

// True where the name, in lower case and without `-` and `_`, ends in `secret`. Asked for every member of a context.
bool ends_plainly_in(std::string_view name, std::string_view secret) noexcept {
  std::size_t left = secret.size();
  for (std::size_t at = name.size(); at > 0 && left > 0; --at) {
    const char c = name[at - 1];
    if (c == '-' || c == '_') continue;
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (lower != secret[--left]) return false;
  }
  return left == 0;
}

bool holds_secret(const json::Value& value) {
  if (value.is_list()) return std::ranges::any_of(value.as_list(), holds_secret);
  if (!value.is_object()) return false;
  return std::ranges::any_of(value.as_object(), [](const json::Member& member) {
    return names_secret(member.key) || holds_secret(member.value);
  });
}

// A copy of `object` with one member's value replaced by what `change` makes of it.
template <typename Change>
json::Value with_member(json::Document& document, const json::Value& object, std::string_view name, Change change) {
  std::vector<json::Member> members(object.as_object().begin(), object.as_object().end());
  for (json::Member& member : members) {
    if (member.key == name) member.value = change(member.value);
  }
  return document.add_object(members);
}

template <typename Change>
json::Value with_items(json::Document& document, const json::Value& list, Change change) {
  std::vector<json::Value> items;
  for (const json::Value& item : list.as_list()) items.push_back(change(item));
  return document.add_list(items);
}

}  // namespace

bool names_secret(std::string_view member) {
  return std::ranges::any_of(kSecretNames, [&](std::string_view secret) { return ends_plainly_in(member, secret); });
}

json::Value Redactor::marker(json::Document& document, const json::Value& value) const {
  const std::string digits = crypto::hex(crypto::hmac_sha256(key_, json::canonical(value)));
  return document.add_text("[redacted:" + digits.substr(0, kMarkerHexDigits) + "]");
}

json::Value Redactor::scalar(json::Document& document, const json::Value& value) const {
  const bool all = options_.context != ContextDetail::Full && !value.is_null();
  return all ? marker(document, value) : document.add_deep(value);
}

json::Value Redactor::redact(json::Document& document, const State& state, const json::Value& value) const {
  if (options_.paths.matches(state)) return marker(document, value);
  if (value.is_list()) {
    const State of_items = options_.paths.item(state);
    return with_items(document, value, [&](const json::Value& item) { return redact(document, of_items, item); });
  }
  if (!value.is_object()) return scalar(document, value);
  std::vector<json::Member> members;
  for (const json::Member& member : value.as_object()) {
    const json::Value kept = names_secret(member.key)
                                 ? marker(document, member.value)
                                 : redact(document, options_.paths.step(state, member.key), member.value);
    members.push_back({document.add_characters(member.key), kept, 0});
  }
  return document.add_object(members);
}

json::Value Redactor::redact(json::Document& document, std::string_view root, const json::Value& value) const {
  return redact(document, options_.paths.step(options_.paths.start(), root), value);
}

void Redactor::append(std::string& out, std::string_view root, const json::Value& value) const {
  if (options_.context == ContextDetail::None) {
    out += R"({"omitted":true})";
    return;
  }
  const bool as_it_is = options_.context == ContextDetail::Full && options_.paths.empty() && !holds_secret(value);
  if (as_it_is) {
    out += json::canonical(value);
    return;
  }
  json::Document copy;
  out += json::canonical(redact(copy, root, value));
}

// A number may be an item of a list or a member's name.
Redactor::State Redactor::step_of_path(const State& state, std::string_view segment) const {
  State next = options_.paths.step(state, segment);
  const bool may_be_item = std::ranges::all_of(segment, [](char c) { return c >= '0' && c <= '9'; });
  if (!may_be_item) return next;
  const State item = options_.paths.item(state);
  for (std::size_t i = 0; i < next.size(); ++i) next[i] |= item[i];
  return next;
}

// The test's path, such as `context.login["user.password"]`, leads to the value that it shows.
json::Value Redactor::redact_test(json::Document& document, const json::Value& test) const {
  constexpr std::string_view kSeparators = ".[]\"";
  if (!test.is_object()) return test;
  bool secret = false;
  State state = options_.paths.start();
  std::string_view path = test.find("path")->as_text();
  while (!path.empty() && !secret) {
    const std::size_t end = std::min(path.find_first_of(kSeparators), path.size());
    if (end != 0) {
      state = step_of_path(state, path.substr(0, end));
      secret = names_secret(path.substr(0, end)) || options_.paths.matches(state);
    }
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return with_member(document, test, "actual", [&](const json::Value& actual) {
    return secret && !actual.is_null() ? marker(document, actual) : redact(document, state, actual);
  });
}

json::Value Redactor::redact_entry(json::Document& document, const json::Value& entry) const {
  return with_member(document, entry, "rules", [&](const json::Value& rules) {
    return with_items(document, rules, [&](const json::Value& rule) {
      return with_member(document, rule, "test", [&](const json::Value& test) { return redact_test(document, test); });
    });
  });
}

std::string Redactor::redact_explain(std::string_view explain) const {
  json::ReadLimits limits;
  limits.max_bytes = kMaxExplainBytes;
  limits.max_depth = kMaxExplainDepth;
  auto parsed = json::parse(explain, limits);
  // What cannot be looked through cannot be shown.
  if (!parsed) return "[]";
  json::Document& document = *parsed;
  return json::write(
      with_items(document, document.root(), [&](const json::Value& entry) { return redact_entry(document, entry); }));
}

}  // namespace guardian::audit
