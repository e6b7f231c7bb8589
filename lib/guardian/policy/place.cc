#include "guardian/policy/place.h"

#include <algorithm>

#include "guardian/base/text.h"
#include "guardian/json/reader.h"

namespace guardian::policy {

namespace {

constexpr std::size_t kMaxQuotedBytes = 96;

}  // namespace

std::string quoted(std::string_view words) { return "`" + base::printable(words, kMaxQuotedBytes) + "`"; }

base::Error in_file(const base::Error& error, std::string_view path) {
  std::string_view rest = error.message();
  const auto take = [&rest](std::string_view word) {
    if (!rest.starts_with(word)) return std::string();
    rest.remove_prefix(word.size());
    const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
    std::string number(rest.substr(0, digits));
    rest.remove_prefix(digits);
    return number;
  };
  const std::string line = take("line ");
  const std::string column = take(" column ");
  if (line.empty() || column.empty() || !rest.starts_with(": ")) return base::Error(error).within(path);
  return {error.code(), std::string(path) + ":" + line + ":" + column + std::string(rest)};
}

base::Error Place::error(base::ErrorCode code, std::uint32_t offset, std::string_view path,
                         std::string_view message) const {
  std::string text(source_.name);
  if (!source_.text.empty()) {
    const auto location = json::locate(source_.text, offset);
    text += ':' + std::to_string(location.line) + ':' + std::to_string(location.column);
  }
  text += ": ";
  if (!policy_.empty()) text += "policy " + quoted(policy_) + ": ";
  if (!rule_.empty()) text += "rule " + quoted(rule_) + ": ";
  if (!path.empty()) text.append(path).append(": ");
  text += message;
  return {code, std::move(text)};
}

base::Error Scope::refuse(const json::Value& at, std::string_view message) const {
  return refuse(at.offset(), message);
}

base::Error Scope::refuse(std::uint32_t offset, std::string_view message) const {
  return place_->error(base::ErrorCode::PolicyInvalid, offset, path(), message);
}

base::Error Scope::refuse(std::uint32_t offset, const base::Error& error) const {
  return place_->error(error.code(), offset, path(), error.message());
}

std::string Scope::path() const {
  std::string result;
  append_path(result);
  return result;
}

void Scope::append_path(std::string& out) const {
  if (parent_ == nullptr) return;
  parent_->append_path(out);
  if (index_ != kNoIndex) {
    out += '[' + std::to_string(index_) + ']';
    return;
  }
  if (!out.empty()) out += '.';
  const std::string shown = quoted(name_);
  out.append(shown, 1, shown.size() - 2);
}

}  // namespace guardian::policy
