#include "guardian/audit/chain.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

namespace guardian::audit {

namespace {

constexpr std::size_t kRandomBytesDrawn = 4096;
constexpr std::size_t kRandomBytesUsed = 8;  // of each id
constexpr std::uint32_t kCounterEnd = 1U << 12U;

void append_hex(std::string& out, std::uint64_t value, unsigned digits) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  while (digits-- > 0) out += kDigits[(value >> (4 * digits)) & 0xFU];
}

void append_decimal(std::string& out, std::uint64_t value) {
  std::array<char, 20> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  out.append(digits.data(), end);
}

}  // namespace

void EventIds::append_next(std::string& out, base::TimePoint now) {
  if (used_ + kRandomBytesUsed > random_.size()) {
    random_ = crypto::random_bytes(kRandomBytesDrawn);
    used_ = 0;
  }
  std::uint64_t random = 0;
  for (std::size_t i = 0; i < kRandomBytesUsed; ++i) {
    random = random << 8U | static_cast<unsigned char>(random_[used_ + i]);
  }
  used_ += kRandomBytesUsed;
  const auto clock = std::chrono::floor<std::chrono::milliseconds>(now).time_since_epoch().count();
  const auto millis = static_cast<std::uint64_t>(std::max<std::int64_t>(clock, 0));
  // A clock that is set back, or more events than a millisecond has room for, must not make them descend.
  if (millis > last_millis_) {
    last_millis_ = millis;
    counter_ = 0;
  } else if (++counter_ == kCounterEnd) {
    ++last_millis_;
    counter_ = 0;
  }
  append_hex(out, last_millis_ >> 16U, 8);
  out += '-';
  append_hex(out, last_millis_ & 0xFFFFU, 4);
  out += "-7";
  append_hex(out, counter_, 3);
  out += '-';
  append_hex(out, 0x8000U | (random >> 50U), 4);
  out += '-';
  append_hex(out, random & 0xFFFF'FFFF'FFFFU, 12);
}

void Chain::append_line(std::string& out, const Draft& draft, base::TimePoint now) {
  const std::size_t begin = out.size();
  out += draft.piece(0);
  out += ",\"id\":\"";
  ids_.append_next(out, now);
  out += '"';
  out += draft.piece(1);
  out += ",\"prev\":\"";
  out += end_.hash;
  out += '"';
  out += draft.piece(2);
  out += ",\"seq\":";
  append_decimal(out, ++end_.seq);
  out += draft.piece(3);
  out[begin] = '{';
  sha256_.update(std::string_view(out).substr(begin));
  sha256_.update("}");
  end_.hash = crypto::hex(sha256_.finish());
  out += ",\"hash\":\"";
  out += end_.hash;
  out += "\"}\n";
}

}  // namespace guardian::audit
