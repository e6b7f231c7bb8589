#include "guardian/crypto/base64.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace guardian::crypto {

namespace {

constexpr std::string_view kStandard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrlSafe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t kNoDigit = 0xFF;

using Table = std::array<std::uint8_t, 256>;

constexpr Table make_table(std::string_view alphabet) {
  Table table{};
  for (auto& entry : table) entry = kNoDigit;
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return table;
}

constexpr Table kStandardTable = make_table(kStandard);
constexpr Table kUrlSafeTable = make_table(kUrlSafe);

std::string encode(std::string_view bytes, std::string_view alphabet) {
  std::string out((bytes.size() * 4 + 2) / 3, '\0');
  char* to = out.data();
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : bytes) {
    bits = (bits << 8U) | static_cast<unsigned char>(c);
    for (count += 8; count >= 6; count -= 6) *to++ = alphabet[(bits >> (count - 6)) & 63U];
  }
  if (count > 0) *to = alphabet[(bits << (6 - count)) & 63U];
  return out;
}

base::Error malformed(std::string_view why) { return {base::ErrorCode::Malformed, "base64: " + std::string(why)}; }

// `digits` without padding.
base::Result<std::string> decode(std::string_view digits, const Table& table) {
  if (digits.size() % 4 == 1) return malformed("a character is missing or too many");
  std::string out(digits.size() * 3 / 4, '\0');
  char* to = out.data();
  std::uint32_t bits = 0;
  unsigned count = 0;
  std::uint8_t all = 0;
  for (const char c : digits) {
    const std::uint8_t digit = table[static_cast<unsigned char>(c)];
    all |= digit;
    bits = (bits << 6U) | (digit & 63U);
    count += 6;
    if (count >= 8) {
      count -= 8;
      *to++ = static_cast<char>((bits >> count) & 0xFFU);
    }
  }
  // Digits are below 64: only what is none has the upper bits.
  if (all == kNoDigit) return malformed("a character outside of one alphabet");
  if ((bits & ((1U << count) - 1U)) != 0) return malformed("stray bits after the last byte");
  return out;
}

}  // namespace

std::string base64_encode(std::string_view bytes) {
  std::string out = encode(bytes, kStandard);
  out.append((4 - out.size() % 4) % 4, '=');
  return out;
}

std::string base64url_encode(std::string_view bytes) { return encode(bytes, kUrlSafe); }

// find_first_of would take ten times as long, and these texts are large.
bool is_base64url(std::string_view text) noexcept {
  return text.find('-') != std::string_view::npos || text.find('_') != std::string_view::npos;
}

base::Result<std::string> base64_decode(std::string_view text) {
  const std::size_t padding_at = text.find('=');
  const std::string_view digits = text.substr(0, padding_at);
  if (padding_at != std::string_view::npos) {
    const std::string_view padding = text.substr(padding_at);
    if (padding.find_first_not_of('=') != std::string_view::npos || padding.size() > 2 || text.size() % 4 != 0) {
      return malformed("wrong padding");
    }
  }
  return decode(digits, is_base64url(digits) ? kUrlSafeTable : kStandardTable);
}

base::Result<std::string> base64url_decode(std::string_view text) { return decode(text, kUrlSafeTable); }

}  // namespace guardian::crypto
