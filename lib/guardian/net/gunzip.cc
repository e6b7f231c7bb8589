#include "guardian/net/gunzip.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>

#include "guardian/base/check.h"

namespace guardian::net {

using base::Error;
using base::ErrorCode;

namespace {

constexpr int kGzipOnly = 16 + MAX_WBITS;
constexpr std::size_t kPieceBytes = std::size_t{32} << 10;

}  // namespace

struct Gunzip::State {
  State() { GUARDIAN_ASSERT(::inflateInit2(&stream, kGzipOnly) == Z_OK); }
  ~State() { ::inflateEnd(&stream); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  z_stream stream = {};
  bool at_member_end = false;
  std::array<char, kPieceBytes> piece = {};
};

Gunzip::Gunzip() : state_(std::make_unique<State>()) {}
Gunzip::~Gunzip() = default;
Gunzip::Gunzip(Gunzip&&) noexcept = default;
Gunzip& Gunzip::operator=(Gunzip&&) noexcept = default;

bool Gunzip::complete() const noexcept { return state_->at_member_end; }

base::Status Gunzip::feed(std::string_view bytes, std::string& out, std::size_t max_bytes) {
  GUARDIAN_ASSERT(bytes.size() <= std::numeric_limits<uInt>::max());
  z_stream& stream = state_->stream;
  std::array<char, kPieceBytes>& piece = state_->piece;
  // zlib's interface is older than const for the first and than char for both.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // NOLINT
  stream.avail_in = static_cast<uInt>(bytes.size());
  while (true) {
    if (state_->at_member_end) {
      if (stream.avail_in == 0) return {};
      ::inflateReset(&stream);
      state_->at_member_end = false;
    }
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());  // NOLINT
    stream.avail_out = static_cast<uInt>(piece.size());
    const int result = ::inflate(&stream, Z_NO_FLUSH);
    const std::size_t decoded = piece.size() - stream.avail_out;
    if (decoded > max_bytes - out.size()) return Error(ErrorCode::TooLarge, "larger than the limit when decoded");
    out.append(piece.data(), decoded);
    if (result == Z_STREAM_END) {
      state_->at_member_end = true;
      continue;
    }
    // Out of input: what was decoded is all out, as there was room left for more.
    if (result == Z_BUF_ERROR || (result == Z_OK && stream.avail_in == 0 && stream.avail_out > 0)) return {};
    if (result != Z_OK) return Error(ErrorCode::Malformed, "gzip data that is damaged");
  }
}

}  // namespace guardian::net
