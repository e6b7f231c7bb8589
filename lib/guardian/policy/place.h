// Where in a policy an error stands: file, line and column, policy, rule, and the path of members down to the value. A
// Scope is a step of that path; scopes live on the stack of the code that walks the policy and point to their parents.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "guardian/base/result.h"
#include "guardian/json/value.h"
#include "guardian/policy/program.h"

namespace guardian::policy {

// The user's own words for an error: in backticks, one line, cut short.
[[nodiscard]] std::string quoted(std::string_view words);

// An error of reading a file's text as YAML or JSON, with the file: `line 3 column 7: what` becomes `<path>:3:7: what`,
// anything else `<path>: what`.
[[nodiscard]] base::Error in_file(const base::Error& error, std::string_view path);

class Place {
 public:
  explicit Place(const Source& source) : source_(source) {}
  void enter_policy(std::string_view name) { policy_ = name; }
  void enter_rule(std::string_view id) { rule_ = id; }
  void leave_rule() { rule_.clear(); }

  // `policies/a.yaml:7:15: policy `p`: rule `r`: <path>: <message>`.
  [[nodiscard]] base::Error error(base::ErrorCode code, std::uint32_t offset, std::string_view path,
                                  std::string_view message) const;

 private:
  Source source_;
  std::string policy_;
  std::string rule_;
};

class Scope {
 public:
  // The top; `place` must outlive the scope.
  explicit Scope(const Place& place) noexcept : place_(&place) {}
  // One step down; this scope and `name` must outlive the new one.
  [[nodiscard]] Scope member(std::string_view name) const noexcept { return Scope(*this, name, kNoIndex); }
  [[nodiscard]] Scope item(std::size_t index) const noexcept { return Scope(*this, {}, index); }

  // PolicyInvalid at the value, at an offset; `refuse` with an error gives a place to one that has none.
  [[nodiscard]] base::Error refuse(const json::Value& at, std::string_view message) const;
  [[nodiscard]] base::Error refuse(std::uint32_t offset, std::string_view message) const;
  [[nodiscard]] base::Error refuse(std::uint32_t offset, const base::Error& error) const;

 private:
  static constexpr std::size_t kNoIndex = static_cast<std::size_t>(-1);
  Scope(const Scope& parent, std::string_view name, std::size_t index) noexcept
      : place_(parent.place_), parent_(&parent), name_(name), index_(index) {}
  void append_path(std::string& out) const;
  [[nodiscard]] std::string path() const;

  const Place* place_;
  const Scope* parent_ = nullptr;
  std::string_view name_;
  std::size_t index_ = kNoIndex;
};

}  // namespace guardian::policy
