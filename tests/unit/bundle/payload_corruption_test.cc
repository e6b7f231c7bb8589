// Good payloads broken in one way at a time, judged by parse_payload() and read_payload() alone.
#include <doctest/doctest.h>

#include <string>

#include "guardian/bundle/payload.h"
#include "tests/support/bundle_builder.h"
#include "tests/support/corruptions.h"

namespace guardian::bundle {

TEST_CASE("payload: every named corruption of the content is refused with its code and says something") {
  const test::CorruptionKeys keys = test::make_corruption_keys();
  for (const test::Corruption& corruption : test::content_corruptions(keys)) {
    CAPTURE(corruption.name);
    const auto sealed = SealedBundle::open(corruption.bytes);
    REQUIRE(sealed.ok());
    const std::string& content = sealed->envelope().payload_untrusted;
    const auto payload = parse_payload(content);
    CHECK_FALSE(payload.ok());
    if (!payload.ok()) {
      CAPTURE(payload.error().message());
      CHECK(to_string(payload.error().code()) == to_string(corruption.code));
      CHECK_FALSE(payload.error().message().empty());
      CHECK(payload.error().message().find('\n') == std::string::npos);
    }
    const auto enforced = read_payload(content);
    CHECK_FALSE(enforced.ok());
    if (!enforced.ok()) CHECK(to_string(enforced.error().code()) == to_string(corruption.code));
  }
}

TEST_CASE("payload: 64 levels, metadata that is no key and public keys in extensions are taken") {
  CHECK(parse_payload(test::BundleBuilder().set("x-deep", test::nested_lists(63)).payload()).ok());
  CHECK(parse_payload(test::BundleBuilder().set("x-key", R"({"kty":"OKP","crv":"Ed25519","x":"AA"})").payload()).ok());
  CHECK(parse_payload(test::BundleBuilder()
                          .add_agent(R"({"id":"b","trustTier":"verified","metadata":{"d":1,"k":[{"p":"q"}]}})")
                          .payload())
            .ok());
}

}  // namespace guardian::bundle
