#include "guardian/net/gzip.h"

#include <doctest/doctest.h>
#define ZLIB_CONST
#include <zlib.h>

#include <vector>

using guardian::net::gzip;

namespace {

std::string ungzip(const std::string& bytes, std::size_t size) {
  z_stream stream = {};
  REQUIRE(::inflateInit2(&stream, 15 + 16) == Z_OK);
  std::string text(size + 1, '\0');
  stream.next_in = reinterpret_cast<const Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  const int state = ::inflate(&stream, Z_FINISH);
  text.resize(text.size() - stream.avail_out);
  CHECK(state == Z_STREAM_END);
  CHECK(stream.avail_in == 0);
  ::inflateEnd(&stream);
  return text;
}

// Bytes without a pattern: the worst case for the size.
std::string noise(std::size_t size) {
  std::string bytes;
  std::uint32_t state = 7;
  while (bytes.size() < size) {
    state = state * 1'664'525U + 1'013'904'223U;
    bytes.push_back(static_cast<char>(state >> 24U));
  }
  return bytes;
}

}  // namespace

TEST_CASE("gzip: what comes out is what went in, whatever its size") {
  for (const std::string& text : {std::string(), std::string("a"), std::string(1'000'000, 'a'), noise(300'000)}) {
    CAPTURE(text.size());
    const auto bytes = gzip(text);
    REQUIRE(bytes.ok());
    CHECK(ungzip(*bytes, text.size()) == text);
  }
  CHECK(gzip(std::string(1'000'000, 'a'))->size() < 2'000);
}

TEST_CASE("gzip: the same text gives the same bytes") { CHECK(*gzip("some text") == *gzip("some text")); }
