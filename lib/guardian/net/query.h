// The query of a request's target, `a=1&b=two+words`, as names and values (application/x-www-form-urlencoded). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "guardian/base/result.h"

namespace guardian::net {

class Query {
 public:
  // `text` is what follows `?`. InvalidInput for a percent sign without two hexadecimal digits, and a name given twice.
  [[nodiscard]] static base::Result<Query> parse(std::string_view text);

  // nullopt where the name is not there.
  [[nodiscard]] std::optional<std::string> find(std::string_view name) const;

 private:
  std::vector<std::pair<std::string, std::string>> entries_;
};

}  // namespace guardian::net
