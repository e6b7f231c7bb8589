// The body of `POST audit` (gateway.md): what a sidecar says happened, read strictly and kept byte for byte. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/base/result.h"
#include "guardian/json/reader.h"

namespace guardian::gateway {

inline constexpr std::size_t kMaxPostBytes = std::size_t{8} << 20;  // before and after decoding
inline constexpr std::size_t kMaxPostedEvents = 1'000;
inline constexpr std::size_t kMaxSidecarId = 256;
inline constexpr std::size_t kMaxEventId = 128;

struct PostedEvent {
  std::string id;
  std::string text;  // one line of JSON: as posted but for newlines between its tokens, which become spaces
};

struct RejectedEvent {
  std::optional<std::string> id;  // where it has one
  std::string error;
};

struct PostedBatch {
  std::string sidecar;
  std::vector<PostedEvent> events;
  std::vector<RejectedEvent> rejected;
};

// How deep and how large one event may be; numbers are those that canonical JSON writes.
[[nodiscard]] json::ReadLimits event_limits(std::size_t max_bytes);

// Errors: Malformed or TooLarge where the whole is no JSON within the limits, InvalidInput where it has no `sidecar`
// text or no `events` list, TooLarge for more than kMaxPostedEvents. An event that is no object with an `id`, or longer
// than a line of a store may be, is rejected alone.
[[nodiscard]] base::Result<PostedBatch> parse_posted(std::string_view body);

}  // namespace guardian::gateway
