// IP addresses and blocks for the `cidr` operator (policy.md section 4). IPv4-mapped IPv6 becomes IPv4 on reading, in
// values and in blocks. Plain values; any thread; no allocation but in errors.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "guardian/base/result.h"

namespace guardian::policy {

struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};  // the first 4 for IPv4
  bool is_v4 = false;
};

// An address in its strict text form: no zone, no prefix, no leading zeros in IPv4; nullopt for anything else.
[[nodiscard]] std::optional<IpAddress> parse_ip_address(std::string_view text) noexcept;

class CidrBlock {
 public:
  // PolicyInvalid (without a place) for anything but `<address>/<prefix length>` with all host bits zero.
  [[nodiscard]] static base::Result<CidrBlock> compile(std::string_view text);
  [[nodiscard]] bool contains(const IpAddress& address) const noexcept;

 private:
  IpAddress network_;
  unsigned prefix_ = 0;
};

}  // namespace guardian::policy
