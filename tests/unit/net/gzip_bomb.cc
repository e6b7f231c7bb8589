#include "gzip_bomb.h"

#include <zlib.h>

#include <array>

#include "guardian/base/check.h"

namespace guardian::net {

namespace {

class Deflater {
 public:
  Deflater() {
    GUARDIAN_ASSERT(::deflateInit2(&stream_, 9, Z_DEFLATED, 16 + MAX_WBITS, 9, Z_DEFAULT_STRATEGY) == Z_OK);
  }
  ~Deflater() { ::deflateEnd(&stream_); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  // Forgets what came before: what follows may stand behind itself.
  std::string add(std::string text) {
    std::string out;
    std::array<char, 4'096> piece = {};
    stream_.next_in = reinterpret_cast<Bytef*>(text.data());
    stream_.avail_in = static_cast<uInt>(text.size());
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(piece.data());
      stream_.avail_out = static_cast<uInt>(piece.size());
      ::deflate(&stream_, Z_FULL_FLUSH);
      out.append(piece.data(), piece.size() - stream_.avail_out);
    } while (stream_.avail_out == 0);
    return out;
  }

 private:
  z_stream stream_ = {};
};

}  // namespace

GzipBomb gzip_bomb() {
  constexpr std::size_t kMiB = std::size_t{1} << 20;
  Deflater deflater;
  GzipBomb bomb;
  bomb.begin = deflater.add(std::string(kMiB, '\0'));
  bomb.again = deflater.add(std::string(kMiB, '\0'));
  return bomb;
}

}  // namespace guardian::net
