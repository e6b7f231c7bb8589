#include "guardian/policy/spelling.h"

#include <doctest/doctest.h>

#include <array>

namespace guardian::policy {

TEST_CASE("spelling: a name has two spellings and no third") {
  CHECK(is_spelling("appliesTo", "appliesTo"));
  CHECK(is_spelling("applies_to", "appliesTo"));
  CHECK(is_spelling("minute_of_day", "minuteOfDay"));
  CHECK(is_spelling("rules", "rules"));
  for (const auto* written : {"AppliesTo", "applies_To", "appliesto", "applies-to", "_applies_to", "applies_to_", "",
                              "applies_", "applies"}) {
    CAPTURE(written);
    CHECK_FALSE(is_spelling(written, "appliesTo"));
  }
}

TEST_CASE("spelling: only a near name is suggested") {
  constexpr std::array<std::string_view, 3> kNames{"conditions", "actions", "effect"};
  CHECK(did_you_mean("condtions", kNames) == "; did you mean `conditions`?");
  CHECK(did_you_mean("Actions", kNames) == "; did you mean `actions`?");
  CHECK(did_you_mean("colour", kNames).empty());
  CHECK(did_you_mean(std::string(1000, 'e'), kNames).empty());
}

}  // namespace guardian::policy
