#include "guardian/crypto/base64.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace guardian::crypto {

using base::ErrorCode;

TEST_CASE("base64: the vectors of RFC 4648 section 10, both ways") {
  struct Vector {
    std::string_view bytes;
    std::string_view text;
  };
  constexpr Vector kVectors[] = {{"", ""},
                                 {"f", "Zg=="},
                                 {"fo", "Zm8="},
                                 {"foo", "Zm9v"},
                                 {"foob", "Zm9vYg=="},
                                 {"fooba", "Zm9vYmE="},
                                 {"foobar", "Zm9vYmFy"}};
  for (const Vector& vector : kVectors) {
    CHECK(base64_encode(vector.bytes) == vector.text);
    CHECK(base64_decode(vector.text).value() == vector.bytes);
    const std::string_view bare = vector.text.substr(0, vector.text.find('='));
    CHECK(base64url_encode(vector.bytes) == bare);
    CHECK(base64url_decode(bare).value() == vector.bytes);
    CHECK(base64_decode(bare).value() == vector.bytes);
  }
}

TEST_CASE("base64: every byte comes back from both alphabets") {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  CHECK(base64_decode(base64_encode(bytes)).value() == bytes);
  CHECK(base64_decode(base64url_encode(bytes)).value() == bytes);
  CHECK(base64url_decode(base64url_encode(bytes)).value() == bytes);
  CHECK(base64_encode(bytes).find('+') != std::string::npos);
  CHECK(base64url_encode(bytes).find('_') != std::string::npos);
}

TEST_CASE("base64: alphabets are not mixed, padding is right, nothing else is in the text") {
  for (const std::string_view text :
       {"+-==",  "/_==",     "Zg=",      "Zg===", "Zg====", "Z",      "Zm9vY", "=",     "==",      "====",
        "Zm9v=", "Zm9v====", "Zg==Zg==", "Z=g=",  "Zm 9v",  "Zm9v\n", " Zm9v", "Zm9v.", "Zm9\x80", "Zg=\n="}) {
    const auto bytes = base64_decode(text);
    REQUIRE_MESSAGE(!bytes.ok(), std::string(text));
    CHECK(bytes.error().code() == ErrorCode::Malformed);
  }
  CHECK_FALSE(base64_decode(std::string_view("Zm9\0", 4)).ok());
}

TEST_CASE("base64: bits after the last byte must be zero") {
  CHECK_FALSE(base64_decode("Zh==").ok());
  CHECK_FALSE(base64_decode("Zm9=").ok());
  CHECK_FALSE(base64url_decode("Zh").ok());
  CHECK_FALSE(base64url_decode("Zm9").ok());
}

TEST_CASE("base64url: padding and the standard alphabet are refused") {
  CHECK_FALSE(base64url_decode("Zg==").ok());
  CHECK_FALSE(base64url_decode("a+b/").ok());
  CHECK(base64url_decode("a-b_").ok());
}

}  // namespace guardian::crypto
