// Bytes are judged alike whole and in pieces, and what becomes a request keeps to the limits and the promises of
// request_head.h.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "guardian/base/check.h"
#include "guardian/base/text.h"
#include "guardian/net/field.h"
#include "guardian/net/framing.h"

namespace net = guardian::net;

namespace {

constexpr net::FramingLimits kLimits{512, 64};

void check_promises(const net::Request& request) {
  GUARDIAN_ASSERT(net::is_token(request.method) && request.body.size() <= kLimits.max_body_bytes);
  GUARDIAN_ASSERT(net::is_field_value(request.path) && guardian::base::is_utf8(request.path));
  GUARDIAN_ASSERT(request.path.starts_with('/') || request.path == "*");
  for (const auto& [name, value] : request.headers.entries()) {
    GUARDIAN_ASSERT(net::is_token(name) && net::is_field_value(value));
  }
}

// The paths and bodies of all requests in order, then the status of the refusal, if any.
std::vector<std::string> outcome(std::string_view bytes, std::size_t step) {
  std::vector<std::string> seen;
  net::Framer framer(kLimits);
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    auto progress = framer.feed(bytes.substr(at, step));
    for (; progress == net::Framer::Progress::Complete; progress = framer.advance()) {
      const net::FramedRequest framed = framer.take();
      check_promises(framed.request);
      seen.push_back(framed.request.path + "\n" + framed.request.body);
    }
    if (progress == net::Framer::Progress::Refused) {
      seen.push_back(std::to_string(framer.refusal().status));
      break;
    }
  }
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::vector<std::string> whole = outcome(bytes, bytes.size() + 1);
  GUARDIAN_ASSERT(outcome(bytes, 1) == whole);
  GUARDIAN_ASSERT(outcome(bytes, 7) == whole);
  return 0;
}
