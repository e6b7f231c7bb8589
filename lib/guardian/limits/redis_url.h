// `redis://[user[:password]@]host[:port][/db]`, RATE_LIMIT_STORE in cli.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "guardian/base/result.h"

namespace guardian::limits {

struct RedisUrl {
  std::string user;  // empty: the default user
  std::string password;
  std::string host;  // a name or an address; IPv6 without brackets
  std::uint16_t port = 6379;
  std::uint32_t database = 0;

  // InvalidInput says what is wrong, never with the user or the password in it. User and password may be
  // percent-escaped; a user without a password, a query and a fragment are refused. Pure; any thread.
  [[nodiscard]] static base::Result<RedisUrl> parse(std::string_view text);
  // `host:port`, for messages.
  [[nodiscard]] std::string place() const;
};

}  // namespace guardian::limits
