// The members of a map with fixed names: each known, in one spelling only, never null. What a policy, a rule, appliesTo
// and the wrapper are read through. Borrow the values they were read from.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "guardian/base/result.h"
#include "guardian/json/value.h"
#include "guardian/policy/place.h"

namespace guardian::policy {

struct FieldName {
  std::string_view name;
  std::string_view alias = {};
};

class Fields {
 public:
  // PolicyInvalid when `map` is no map, holds a name that is not in `names`, two spellings of one name, an alias beside
  // its name, or null.
  [[nodiscard]] static base::Result<Fields> read(const Scope& scope, const json::Value& map,
                                                 std::span<const FieldName> names);
  // The value given for the camelCase name or its alias, or nullptr.
  [[nodiscard]] const json::Value* get(std::string_view name) const noexcept;

 private:
  struct Entry {
    std::string_view name;
    const json::Member* member;
  };
  std::vector<Entry> entries_;
};

// The value as what it has to be, or PolicyInvalid that says so.
[[nodiscard]] base::Result<std::string_view> expect_text(const Scope& scope, const json::Value& value);
[[nodiscard]] base::Result<bool> expect_boolean(const Scope& scope, const json::Value& value);
[[nodiscard]] base::Result<std::span<const json::Value>> expect_list(const Scope& scope, const json::Value& value);

}  // namespace guardian::policy
