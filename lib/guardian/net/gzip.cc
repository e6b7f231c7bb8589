#include "guardian/net/gzip.h"

#define ZLIB_CONST  // what is read is const
#include <zlib.h>

#include <algorithm>
#include <limits>

namespace guardian::net {

namespace {

constexpr int kGzipWindow = 15 + 16;  // the largest window, in a gzip wrapper
constexpr int kMemoryLevel = 8;

class Deflater {
 public:
  Deflater()
      : ready_(::deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, kMemoryLevel,
                              Z_DEFAULT_STRATEGY) == Z_OK) {}
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;
  ~Deflater() { ::deflateEnd(&stream_); }

  [[nodiscard]] bool ready() const noexcept { return ready_; }

  // In pieces, since zlib counts in 32 bits.
  void run(std::string_view text, std::string& out) {
    constexpr std::size_t kMaxPiece = std::numeric_limits<uInt>::max();
    out.resize(::deflateBound(&stream_, static_cast<uLong>(text.size())));
    std::size_t written = 0;
    int state = Z_OK;
    while (state != Z_STREAM_END) {
      if (stream_.avail_in == 0 && !text.empty()) {
        const std::size_t piece = std::min(text.size(), kMaxPiece);
        stream_.next_in = reinterpret_cast<const Bytef*>(text.data());
        stream_.avail_in = static_cast<uInt>(piece);
        text.remove_prefix(piece);
      }
      if (written == out.size()) out.resize(out.size() + out.size() / 2 + 64);
      const std::size_t room = std::min(out.size() - written, kMaxPiece);
      stream_.next_out = reinterpret_cast<Bytef*>(out.data() + written);
      stream_.avail_out = static_cast<uInt>(room);
      state = ::deflate(&stream_, text.empty() ? Z_FINISH : Z_NO_FLUSH);
      written += room - stream_.avail_out;
    }
    out.resize(written);
  }

 private:
  z_stream stream_ = {};
  bool ready_;
};

}  // namespace

base::Result<std::string> gzip(std::string_view text) {
  Deflater deflater;
  if (!deflater.ready()) return base::Error(base::ErrorCode::Io, "no memory for gzip");
  std::string out;
  deflater.run(text, out);
  out.shrink_to_fit();
  return out;
}

}  // namespace guardian::net
