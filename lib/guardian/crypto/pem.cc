#include "guardian/crypto/pem.h"

#include "guardian/crypto/base64.h"
#include "guardian/crypto/bytes.h"

namespace guardian::crypto {

namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kDashes = "-----";

base::Error invalid(const std::string& why) { return {base::ErrorCode::KeyInvalid, "PEM: " + why}; }

std::string begin_line(std::string_view label) { return std::string(kBegin).append(label).append(kDashes); }

std::string end_line(std::string_view label) { return std::string("-----END ").append(label).append(kDashes); }

}  // namespace

std::string_view pem_label(std::string_view text) noexcept {
  text = trim(text);
  if (!text.starts_with(kBegin)) return {};
  text.remove_prefix(kBegin.size());
  const std::size_t end = text.find_first_of("\r\n");
  const std::string_view line = trim(text.substr(0, end));
  if (!line.ends_with(kDashes)) return {};
  return line.substr(0, line.size() - kDashes.size());
}

base::Status check_pem(std::string_view text, std::string_view label) {
  text = trim(text);
  if (text.size() > kMaxPemBytes) return base::Error(base::ErrorCode::TooLarge, "PEM: more than 32768 bytes");
  const std::string wanted(label);
  if (pem_label(text) != label) {
    for (const std::string_view known : {"PUBLIC KEY", "RSA PUBLIC KEY", "PRIVATE KEY", "ENCRYPTED PRIVATE KEY",
                                         "EC PRIVATE KEY", "RSA PRIVATE KEY", "EC PARAMETERS", "CERTIFICATE"}) {
      if (pem_label(text) == known) return invalid("a `" + std::string(known) + "` in place of a `" + wanted + "`");
    }
    return invalid("does not begin with `" + begin_line(label) + "`");
  }
  if (!text.ends_with(end_line(label))) return invalid("does not end with `" + end_line(label) + "`");
  if (text.find(kBegin, 1) != std::string_view::npos) return invalid("more than one block");
  return {};
}

base::Result<std::string> decode_public_pem(std::string_view text, std::string_view label) {
  GUARDIAN_TRY(check_pem(text, label));
  text = trim(text);
  const std::size_t first_line_end = text.find_first_of("\r\n");
  const std::size_t last_line = text.size() - end_line(label).size();
  if (first_line_end >= last_line) return invalid("an empty block");
  std::string digits;
  for (const char c : text.substr(first_line_end, last_line - first_line_end)) {
    if (trim({&c, 1}).empty()) continue;
    digits += c;
  }
  auto bytes = base64_decode(digits);
  if (!bytes || bytes->empty()) return invalid("the block is not base64");
  return bytes;
}

}  // namespace guardian::crypto
