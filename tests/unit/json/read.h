// Short forms of json::parse for the tests of this room.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>

#include "guardian/json/reader.h"

namespace guardian::json {

inline Document read(std::string_view text, const ReadLimits& limits = {}) {
  auto document = parse(text, limits);
  REQUIRE_MESSAGE(document.ok(), std::string(text));
  return std::move(document).value();
}

inline base::ErrorCode refusal(std::string_view text, const ReadLimits& limits = {}) {
  const auto document = parse(text, limits);
  REQUIRE_MESSAGE(!document.ok(), std::string(text));
  return document.error().code();
}

inline std::string refusal_text(std::string_view text, const ReadLimits& limits = {}) {
  const auto document = parse(text, limits);
  REQUIRE_MESSAGE(!document.ok(), std::string(text));
  return document.error().message();
}

}  // namespace guardian::json
