#include "guardian/net/gunzip.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "guardian/net/gzip.h"
#include "gzip_bomb.h"

namespace net = guardian::net;
using guardian::base::ErrorCode;
using guardian::base::Status;
using net::Gunzip;

namespace {

constexpr std::size_t kPlenty = std::size_t{1} << 20;

struct Decoded {
  Status status;
  std::string text;
  bool complete = false;
};

Decoded decode(std::string_view bytes, std::size_t piece = kPlenty, std::size_t max = kPlenty) {
  Gunzip gunzip;
  Decoded decoded;
  while (!bytes.empty() && decoded.status.ok()) {
    decoded.status = gunzip.feed(bytes.substr(0, piece), decoded.text, max);
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  decoded.complete = decoded.status.ok() && gunzip.complete();
  return decoded;
}

std::string packed(std::string_view text) {
  auto bytes = net::gzip(text);
  REQUIRE(bytes.ok());
  return std::move(bytes).value();
}

// Text that gzip makes a little smaller, longer than any buffer on the way.
std::string mixed_text() {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += std::to_string(i * 7'919 % 10'007) + (i % 100 == 0 ? "\n" : " ");
  return text;
}

}  // namespace

TEST_CASE("gunzip: what was made smaller comes back, whatever the pieces") {
  const std::string text = mixed_text();
  const std::string bytes = packed(text);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{4'096}, kPlenty}) {
    CAPTURE(piece);
    const Decoded decoded = decode(bytes, piece);
    CHECK(decoded.complete);
    CHECK(decoded.text == text);
  }
}

TEST_CASE("gunzip: output that waits for room is not lost with the last byte of input") {
  for (std::size_t size = 32'700; size < 32'900; ++size) {
    const std::string text(size, 'a');
    const Decoded decoded = decode(packed(text));
    REQUIRE(decoded.complete);
    REQUIRE(decoded.text == text);
  }
}

TEST_CASE("gunzip: members one behind the other are one text") {
  const Decoded decoded = decode(packed("one ") + packed("") + packed("two"));
  CHECK(decoded.complete);
  CHECK(decoded.text == "one two");
}

TEST_CASE("gunzip: what ends before its end is not complete, wherever") {
  const std::string bytes = packed("a text that ends") + packed("again");
  const std::size_t first = packed("a text that ends").size();
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    CAPTURE(length);
    const Decoded decoded = decode(bytes.substr(0, length));
    CHECK(decoded.status.ok());
    CHECK(decoded.complete == (length == first));
  }
}

TEST_CASE("gunzip: a changed byte of data, checksum or length is damage") {
  const std::string bytes = packed("a text that ends");
  constexpr std::size_t kHeaderBytes = 10;
  for (std::size_t at = kHeaderBytes; at < bytes.size(); ++at) {
    CAPTURE(at);
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    const Decoded decoded = decode(damaged);
    // The last byte of data ends in bits that mean nothing.
    CHECK((!decoded.complete || (at == bytes.size() - 9 && decoded.text == "a text that ends")));
  }
  std::string wrong_checksum = bytes;
  wrong_checksum[bytes.size() - 8] = static_cast<char>(wrong_checksum[bytes.size() - 8] ^ 1);
  const Decoded decoded = decode(wrong_checksum);
  REQUIRE_FALSE(decoded.status.ok());
  CHECK(decoded.status.error().code() == ErrorCode::Malformed);
}

TEST_CASE("gunzip: what is not gzip is refused, behind a member too") {
  CHECK_FALSE(decode("{\"payload\":").status.ok());
  CHECK_FALSE(decode(packed("x") + "garbage").status.ok());
  CHECK_FALSE(decode(packed("x") + std::string(4, '\0')).status.ok());
  // The same data with zlib's header in place of gzip's.
  CHECK_FALSE(decode(std::string_view("\x78\x9c\x03\x00\x00\x00\x00\x01", 8)).status.ok());
}

TEST_CASE("gunzip: the limit is kept to the byte") {
  const std::string bytes = packed("12345");
  CHECK(decode(bytes, kPlenty, 5).complete);
  const Decoded decoded = decode(bytes, kPlenty, 4);
  REQUIRE_FALSE(decoded.status.ok());
  CHECK(decoded.status.error().code() == ErrorCode::TooLarge);
}

TEST_CASE("gunzip: zeros without end stop at the limit") {
  const net::GzipBomb bomb = net::gzip_bomb();
  Gunzip gunzip;
  std::string out;
  Status status = gunzip.feed(bomb.begin, out, 3 * kPlenty);
  int pieces = 1;
  for (; status.ok() && pieces < 10'000; ++pieces) status = gunzip.feed(bomb.again, out, 3 * kPlenty);
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().code() == ErrorCode::TooLarge);
  CHECK(pieces == 4);
  CHECK(out.size() <= 3 * kPlenty);
}
