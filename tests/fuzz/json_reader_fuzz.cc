// What the reader takes must survive being written and read again, and have one canonical form.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "guardian/base/check.h"
#include "guardian/json/reader.h"
#include "guardian/json/writer.h"

namespace json = guardian::json;

namespace {

void check_round_trip(std::string_view text, const json::ReadLimits& limits) {
  const auto first = json::parse(text, limits);
  if (!first) {
    GUARDIAN_ASSERT(first.error().message().find('\n') == std::string::npos);
    return;
  }
  json::ReadLimits roomy = limits;
  roomy.max_bytes = std::size_t{1} << 26;
  const auto second = json::parse(json::write(first->root()), roomy);
  GUARDIAN_ASSERT(second.ok());
  GUARDIAN_ASSERT(json::equal(first->root(), second->root()));
  const std::string canonical = json::canonical(first->root());
  GUARDIAN_ASSERT(canonical == json::canonical(second->root()));
  const auto pretty = json::parse(json::write_pretty(first->root()), roomy);
  GUARDIAN_ASSERT(pretty.ok() && json::canonical(pretty->root()) == canonical);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_round_trip(text, {});
  check_round_trip(text, {.max_values = 100, .integers = json::Integers::Unsigned64});
  check_round_trip(text, {.max_bytes = 64, .max_depth = 2});
  return 0;
}
