#include "guardian/policy/cidr.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <string>

#include "guardian/policy/place.h"

namespace guardian::policy {

namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
constexpr unsigned kMappedBits = 96;

// As written: a mapped address stays IPv6.
std::optional<IpAddress> parse_as_written(std::string_view text) noexcept {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  if (text.size() >= buffer.size() || text.find('\0') != std::string_view::npos) return std::nullopt;
  std::ranges::copy(text, buffer.begin());
  IpAddress address;
  if (inet_pton(AF_INET, buffer.data(), address.bytes.data()) == 1) {
    address.is_v4 = true;
    return address;
  }
  if (inet_pton(AF_INET6, buffer.data(), address.bytes.data()) == 1) return address;
  return std::nullopt;
}

bool is_mapped(const IpAddress& address) noexcept {
  return !address.is_v4 && std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), address.bytes.begin());
}

IpAddress unmapped(const IpAddress& address) noexcept {
  IpAddress v4;
  v4.is_v4 = true;
  std::copy(address.bytes.begin() + kMappedPrefix.size(), address.bytes.end(), v4.bytes.begin());
  return v4;
}

bool bit(const IpAddress& address, unsigned index) noexcept {
  return ((address.bytes[index / 8] >> (7 - index % 8)) & 1U) != 0;
}

std::optional<unsigned> parse_prefix(std::string_view text) noexcept {
  unsigned prefix = 0;
  const bool padded = text.size() > 1 && text.front() == '0';
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), prefix);
  if (text.empty() || padded || problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return prefix;
}

}  // namespace

std::optional<IpAddress> parse_ip_address(std::string_view text) noexcept {
  auto address = parse_as_written(text);
  if (address && is_mapped(*address)) return unmapped(*address);
  return address;
}

base::Result<CidrBlock> CidrBlock::compile(std::string_view text) {
  const auto refuse = [&](std::string_view why) {
    return base::Error(base::ErrorCode::PolicyInvalid, quoted(text) + " is no IP block: " + std::string(why));
  };
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return refuse("it has no prefix length (write `/32` or `/128` for one address)");
  const auto address = parse_as_written(text.substr(0, slash));
  if (!address) return refuse("the address is malformed");
  const unsigned bits = address->is_v4 ? 32 : 128;
  const auto prefix = parse_prefix(text.substr(slash + 1));
  if (!prefix || *prefix > bits) return refuse("the prefix length is not 0 to " + std::to_string(bits));
  for (unsigned i = *prefix; i < bits; ++i) {
    if (bit(*address, i)) return refuse("bits after the prefix are set");
  }
  CidrBlock block;
  // A mapped address has ones in front of bit 96, so that a shorter prefix was refused above.
  const bool mapped = is_mapped(*address);
  block.network_ = mapped ? unmapped(*address) : *address;
  block.prefix_ = mapped ? *prefix - kMappedBits : *prefix;
  return block;
}

bool CidrBlock::contains(const IpAddress& address) const noexcept {
  if (address.is_v4 != network_.is_v4) return false;
  const unsigned whole = prefix_ / 8;
  if (!std::equal(network_.bytes.begin(), network_.bytes.begin() + whole, address.bytes.begin())) return false;
  const unsigned rest = prefix_ % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xFF00U >> rest);
  return (network_.bytes[whole] & mask) == (address.bytes[whole] & mask);
}

}  // namespace guardian::policy
