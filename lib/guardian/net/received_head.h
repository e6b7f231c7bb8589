// Judges the head of an answer as cpp-httplib has read it, before its body is: what two readers could understand
// differently is refused. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "guardian/base/result.h"
#include "guardian/net/http.h"

namespace guardian::net {

struct BodyForm {
  bool gzip = false;
  bool until_end = false;               // of the connection
  std::optional<std::uint64_t> length;  // as sent
};

// For an answer that a body follows. Network for an interim answer (the request invited none), headers that are none, a
// Content-Length that is not one number or stands beside Transfer-Encoding, another Transfer-Encoding than chunked, and
// another Content-Encoding than gzip, once.
[[nodiscard]] base::Result<BodyForm> judge_head(int status, std::string_view version, const Headers& headers);
// Headers that hold what no line can.
[[nodiscard]] base::Status check_fields(const Headers& headers);

}  // namespace guardian::net
