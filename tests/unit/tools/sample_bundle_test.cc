#include "guardian/tools/sample_bundle.h"

#include <doctest/doctest.h>

#include "guardian/bundle/build.h"
#include "guardian/bundle/verify.h"
#include "support/bundle_builder.h"
#include "support/fake_clock.h"
#include "support/temp_dir.h"

using namespace guardian::tools;
using guardian::bundle::Origin;
using guardian::test::instant_of;
using guardian::test::time_of;

namespace {

SampleBundle sample() {
  SampleBundle bundle;
  bundle.generation = 3;
  bundle.version = time_of("2026-04-18T10:30:00Z");
  return bundle;
}

auto verified(const std::string& bytes, const guardian::crypto::PrivateKey& key) {
  auto sealed = guardian::bundle::SealedBundle::open(bytes);
  REQUIRE(sealed.ok());
  return guardian::bundle::verify(std::move(*sealed), guardian::test::trust_in({&key}),
                                  {Origin::Fetched, instant_of("2026-04-18T12:00:00Z"), std::nullopt});
}

}  // namespace

TEST_CASE("sample bundle: it verifies under the key it was sealed with, and under no other") {
  const auto key = guardian::test::make_key();
  const auto bundle = verified(sealed(sample(), key), key);
  REQUIRE(bundle.ok());
  CHECK((*bundle)->payload().version.text() == "2026-04-18T10:30:00Z");
  CHECK((*bundle)->payload().policies.size() == 1);
  CHECK_FALSE(verified(sealed(sample(), guardian::test::make_key()), key).ok());
}

TEST_CASE("sample bundle: it expires when it is told to") {
  const auto key = guardian::test::make_key();
  SampleBundle expired = sample();
  expired.expires_at = time_of("2026-04-18T11:00:00Z");
  const auto bundle = verified(sealed(expired, key), key);
  REQUIRE_FALSE(bundle.ok());
  CHECK(bundle.error().code() == guardian::base::ErrorCode::Expired);
}

TEST_CASE("sample bundle: generation, note and padding each make another payload") {
  const auto key = guardian::test::make_key();
  SampleBundle other = sample();
  other.generation = 4;
  CHECK(sealed(other, key) != sealed(sample(), key));
  other = sample();
  other.note = ", altered";
  CHECK(sealed(other, key) != sealed(sample(), key));
  other = sample();
  other.padding = 50'000;
  CHECK(sealed(other, key).size() > 50'000);
  CHECK(verified(sealed(other, key), key).ok());
}

TEST_CASE("sample bundle: a gateway builds the same policies from its directory") {
  const guardian::test::TempDir dir;
  guardian::base::SystemFileSystem files;
  REQUIRE(write_directory(files, dir.path(), sample()).ok());
  guardian::bundle::BuildOptions options;
  options.now = time_of("2026-04-18T12:00:00Z");
  const auto built = guardian::bundle::payload_from_directory(files, dir.path(), options);
  REQUIRE(built.ok());
  CHECK(built->payload.version.text() == "2026-04-18T10:30:00Z");
  const auto key = guardian::test::make_key();
  const auto bundle = verified(sealed(sample(), key), key);
  REQUIRE(bundle.ok());
  const auto* const of_directory = built->payload.document.root().find("policies");
  const auto as_written = guardian::bundle::parse_payload((*bundle)->payload().text());
  REQUIRE(as_written.ok());
  const auto* const of_envelope = as_written->document.root().find("policies");
  REQUIRE(of_directory != nullptr);
  REQUIRE(of_envelope != nullptr);
  CHECK(guardian::json::equal(*of_directory, *of_envelope));
}
