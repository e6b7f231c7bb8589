// Internal to the room: strict reading of JSON objects (bundle.md section 2, "unknown members are refused at every
// level"). A Members stands for one object and knows its place, so that every error names the place and the member:
// `agents[3] (agent_x): trustTier: missing`, with `<file>:<line>:<column>: ` before it when the file's text is known.
// Lives on the stack of the function that reads the object; a child must not outlive its parent.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "guardian/base/result.h"
#include "guardian/base/time.h"
#include "guardian/json/value.h"
#include "guardian/policy/program.h"

namespace guardian::bundle {

// `<name>:<line>:<column>: ` of a byte offset, `<name>: ` without a text, nothing without a name.
[[nodiscard]] std::string place_prefix(const policy::Source& source, std::uint32_t offset);

enum class Extensions { Refused, Accepted };  // members whose names begin with `x-`

class Members {
 public:
  // The root of a document. Errors get `code`. All three must outlive this.
  Members(const json::Value& object, base::ErrorCode code, const policy::Source& source)
      : object_(object), code_(code), source_(source) {}
  // The object that is the member `name` of `parent`, or element `index` of that list.
  Members(const json::Value& object, const Members& parent, std::string_view name,
          std::optional<std::size_t> index = std::nullopt)
      : object_(object), code_(parent.code_), source_(parent.source_), parent_(&parent), name_(name), index_(index) {}

  // What people know the object by (an agent's id), shown beside its index.
  void set_label(std::string_view label) noexcept { label_ = label; }

  // That this is an object with known members only. With extensions, `x-...` members pass, unless they hold a private
  // key.
  [[nodiscard]] base::Status check(std::initializer_list<std::string_view> known, Extensions extensions) const;

  // The member, which must be of that kind; `find` answers nullptr where it is absent. Null is a kind like another: an
  // optional member that is null is refused.
  [[nodiscard]] base::Result<const json::Value*> get(std::string_view name, json::Kind kind) const;
  [[nodiscard]] base::Result<const json::Value*> find(std::string_view name, json::Kind kind) const;

  [[nodiscard]] base::Result<std::string_view> text(std::string_view name) const;
  [[nodiscard]] base::Result<std::string_view> text_not_empty(std::string_view name) const;
  [[nodiscard]] base::Result<std::optional<std::string_view>> optional_text(std::string_view name) const;
  [[nodiscard]] base::Result<base::Instant> instant(std::string_view name) const;
  [[nodiscard]] base::Result<std::optional<base::Instant>> optional_instant(std::string_view name) const;
  // An integer literal within +-2^53.
  [[nodiscard]] base::Result<std::int64_t> integer(std::string_view name) const;
  [[nodiscard]] base::Result<std::span<const json::Value>> list(std::string_view name) const;
  // The empty list where the member is absent.
  [[nodiscard]] base::Result<std::span<const json::Value>> optional_list(std::string_view name) const;

  // `<place>: <member>: <what>`, located at `at` (the object itself when null). `member` may be empty.
  [[nodiscard]] base::Error error(std::string_view member, const json::Value* at, std::string_view what) const;
  // The same for element `index` of the list `member`.
  [[nodiscard]] base::Error error_at(std::string_view member, std::size_t index, const json::Value& at,
                                     std::string_view what) const;
  // `<place>: ` with the file in front, for errors that come from elsewhere.
  [[nodiscard]] std::string prefix(std::uint32_t offset) const;
  // The place without the file: `agents[3] (agent_x)`.
  [[nodiscard]] std::string path() const;

  [[nodiscard]] const json::Value& object() const noexcept { return object_; }

 private:
  [[nodiscard]] base::Error wrong_kind(std::string_view name, const json::Value& value, json::Kind wanted) const;

  const json::Value& object_;
  base::ErrorCode code_;
  const policy::Source& source_;
  const Members* parent_ = nullptr;
  std::string_view name_;
  std::optional<std::size_t> index_;
  std::string_view label_;
};

// Whether a JWK with a private member is this value or stands anywhere below it.
[[nodiscard]] bool holds_private_key(const json::Value& value);

// `name[index]`.
[[nodiscard]] std::string element(std::string_view name, std::size_t index);

}  // namespace guardian::bundle
