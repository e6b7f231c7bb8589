#include "guardian/net/credentials.h"

#include "guardian/base/text.h"

namespace guardian::net {

std::optional<std::vector<std::string_view>> admin_tokens(const Headers& headers) {
  constexpr std::string_view kBearer = "Bearer ";
  if (headers.count("Authorization") > 1 || headers.count("X-Admin-Token") > 1) return std::nullopt;
  std::vector<std::string_view> tokens;
  if (const auto authorization = headers.find("Authorization")) {
    if (!base::equal_ignoring_case(authorization->substr(0, kBearer.size()), kBearer)) return std::nullopt;
    tokens.push_back(authorization->substr(kBearer.size()));
  }
  if (const auto token = headers.find("X-Admin-Token")) tokens.push_back(*token);
  if (tokens.empty()) return std::nullopt;
  return tokens;
}

}  // namespace guardian::net
