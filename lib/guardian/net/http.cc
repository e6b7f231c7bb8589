#include "guardian/net/http.h"

#include <algorithm>

#include "guardian/base/text.h"

namespace guardian::net {

std::optional<std::string_view> Headers::find(std::string_view name) const noexcept {
  for (const auto& entry : entries_) {
    if (base::equal_ignoring_case(entry.first, name)) return entry.second;
  }
  return std::nullopt;
}

std::size_t Headers::count(std::string_view name) const noexcept {
  const auto same_name = [&](const auto& entry) { return base::equal_ignoring_case(entry.first, name); };
  return static_cast<std::size_t>(std::ranges::count_if(entries_, same_name));
}

Response error_response(int status, std::string_view code, std::string_view message) {
  Response response;
  response.status = status;
  response.body = "{\"error\":";
  base::append_json_quoted(response.body, code);
  response.body.append(",\"message\":");
  if (base::is_utf8(message)) {
    base::append_json_quoted(response.body, message);
  } else {
    base::append_json_quoted(response.body, base::printable(message, message.size()));
  }
  response.body.push_back('}');
  return response;
}

}  // namespace guardian::net
