#include "guardian/json/builder.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

#include "guardian/base/check.h"
#include "guardian/json/writer.h"

namespace guardian::json {

namespace {

constexpr std::size_t kMaxShownKeyBytes = 64;
constexpr std::size_t kMaxShownPathBytes = 256;
constexpr std::uint64_t kMaxExactInteger = std::uint64_t{1} << 53;

bool is_plain_key(std::string_view key) {
  constexpr std::string_view kSpecial = ".[]\"\\`\x7f";
  return !key.empty() && std::ranges::all_of(key, [&](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && kSpecial.find(c) == std::string_view::npos;
  });
}

// Cuts at a code point's border.
std::string clip(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return std::string(text);
  while (max_bytes > 0 && (static_cast<unsigned char>(text[max_bytes]) & 0xC0U) == 0x80U) --max_bytes;
  return std::string(text.substr(0, max_bytes)) + "...";
}

// The second of two members with one key.
const Member* find_duplicate(const Value& object) {
  const auto members = object.as_object();
  const auto order = object.key_order();
  const std::size_t compared = order.empty() ? members.size() : 0;
  for (std::size_t i = 1; i < compared; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (members[i].key == members[j].key) return &members[i];
    }
  }
  const auto twin = std::ranges::adjacent_find(
      order, [&](std::uint32_t a, std::uint32_t b) { return members[a].key == members[b].key; });
  return twin == order.end() ? nullptr : &members[*std::next(twin)];
}

void append_key(std::string& path, std::string_view key) {
  const std::string shown = clip(key, kMaxShownKeyBytes);
  if (is_plain_key(key)) {
    if (!path.empty()) path += '.';
    path += shown;
    return;
  }
  path += '[';
  append_quoted(path, shown);
  path += ']';
}

}  // namespace

Builder::Builder(const ReadLimits& limits, std::size_t outer_depth) : limits_(limits), outer_depth_(outer_depth) {
  frames_.reserve(8);
  members_.reserve(32);
}

bool Builder::fail(base::ErrorCode code, std::size_t offset, std::string message) {
  if (!failure_) failure_ = Failure{code, offset, std::move(message)};
  return false;
}

bool Builder::add(Value value, std::size_t offset) {
  if (++value_count_ > limits_.max_values) {
    return fail(base::ErrorCode::TooLarge, offset, "more than " + std::to_string(limits_.max_values) + " values");
  }
  value = value.at_offset(static_cast<std::uint32_t>(offset));
  if (frames_.empty()) {
    document_.set_root(value);
    return true;
  }
  Frame& frame = frames_.back();
  if (frame.is_object) {
    GUARDIAN_ASSERT(frame.has_key);
    members_.push_back({frame.key, value, frame.key_offset});
    frame.has_key = false;
  } else {
    items_.push_back(value);
  }
  return true;
}

bool Builder::begin(Kind list_or_object, std::size_t offset) {
  if (outer_depth_ + frames_.size() >= limits_.max_depth) {
    return fail(base::ErrorCode::TooLarge, offset, "deeper than " + std::to_string(limits_.max_depth) + " levels");
  }
  Frame frame;
  frame.is_object = list_or_object == Kind::Object;
  frame.offset = static_cast<std::uint32_t>(offset);
  frame.first = frame.is_object ? members_.size() : items_.size();
  frames_.push_back(frame);
  return true;
}

bool Builder::end() {
  GUARDIAN_ASSERT(!frames_.empty());
  Frame& frame = frames_.back();
  Value value;
  if (frame.is_object) {
    const auto members = std::span<const Member>(members_).subspan(frame.first);
    value = document_.add_object(members);
    if (const Member* const duplicate = find_duplicate(value)) {
      frame.key = duplicate->key;
      frame.has_key = true;
      return fail(base::ErrorCode::Malformed, duplicate->key_offset, "duplicate key");
    }
    members_.erase(members_.end() - static_cast<std::ptrdiff_t>(members.size()), members_.end());
  } else {
    const auto items = std::span<const Value>(items_).subspan(frame.first);
    value = document_.add_list(items);
    items_.erase(items_.end() - static_cast<std::ptrdiff_t>(items.size()), items_.end());
  }
  const std::uint32_t offset = frame.offset;
  frames_.pop_back();
  return add(value, offset);
}

bool Builder::key(std::string_view name, std::size_t offset) {
  return key_lent(document_.add_characters(name), offset);
}

bool Builder::key_lent(std::string_view name, std::size_t offset) {
  GUARDIAN_ASSERT(!frames_.empty() && frames_.back().is_object);
  Frame& frame = frames_.back();
  frame.key = name;
  frame.key_offset = static_cast<std::uint32_t>(offset);
  frame.has_key = true;
  return true;
}

bool Builder::text(std::string_view characters, std::size_t offset) {
  return add(document_.add_text(characters), offset);
}

bool Builder::text_lent(std::string_view characters, std::size_t offset) {
  return add(Value::text(characters), offset);
}

bool Builder::literal(const Value& value, std::size_t offset) { return add(value, offset); }

bool Builder::number(std::string_view literal, std::size_t offset) {
  const char* const end = literal.data() + literal.size();
  const auto add_double = [&] {
    double value = 0;
    const auto [stop, error] = std::from_chars(literal.data(), end, value);
    if (error != std::errc() || stop != end) {
      return fail(base::ErrorCode::Malformed, offset, "a number that a double cannot hold");
    }
    return add(Value::number(value), offset);
  };
  if (literal.find_first_of(".eE") != std::string_view::npos) return add_double();
  const bool negative = literal.starts_with('-');
  std::uint64_t magnitude = 0;
  const auto [stop, error] = std::from_chars(literal.data() + (negative ? 1 : 0), end, magnitude);
  const bool fits = error == std::errc() && stop == end;
  if (limits_.integers == Integers::Exact && (!fits || magnitude > kMaxExactInteger)) {
    return fail(base::ErrorCode::Malformed, offset, "an integer beyond 2^53, which must be sent as text");
  }
  if (!fits && limits_.integers == Integers::AsDouble) return add_double();
  if (!fits) return fail(base::ErrorCode::Malformed, offset, "an integer beyond 64 bits");
  return add(Value::integer(magnitude, negative), offset);
}

std::string Builder::path() const {
  std::string path;
  for (std::size_t level = 0; level < frames_.size(); ++level) {
    const Frame& frame = frames_[level];
    if (frame.is_object) {
      if (frame.has_key) append_key(path, frame.key);
      continue;
    }
    // The items of this list end where those of the next list inside it begin.
    std::size_t stop = items_.size();
    for (std::size_t inner = level + 1; inner < frames_.size(); ++inner) {
      if (!frames_[inner].is_object) {
        stop = frames_[inner].first;
        break;
      }
    }
    path += '[' + std::to_string(stop - frame.first) + ']';
  }
  return clip(path, kMaxShownPathBytes);
}

void Builder::clear() noexcept {
  document_.clear();
  value_count_ = 0;
  frames_.clear();
  items_.clear();
  members_.clear();
  failure_.reset();
}

Document Builder::take() && {
  GUARDIAN_ASSERT(frames_.empty() && !failure_);
  return std::move(document_);
}

}  // namespace guardian::json
