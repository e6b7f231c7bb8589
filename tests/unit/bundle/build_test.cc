#include "guardian/bundle/build.h"

#include <doctest/doctest.h>

#include "guardian/bundle/verify.h"
#include "tests/support/bundle_builder.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_dir.h"

namespace guardian::bundle {

namespace {

using base::ErrorCode;

constexpr std::string_view kPolicy = "name: base\nrules:\n  - {id: reads, effect: allow, actions: ['read:*']}\n";

// A directory to build from, and the build.
struct Workshop {
  test::TempDir dir;
  base::SystemFileSystem files;
  BuildOptions options;

  Workshop() {
    options.now = test::time_of("2026-04-18T10:30:00.75Z");
    dir.write("policies/base.yaml", kPolicy);
  }
  base::Result<BuiltPayload> build() { return payload_from_directory(files, dir.path(), options); }
  BuiltPayload good() {
    auto built = build();
    if (!built.ok()) MESSAGE(built.error().message());
    REQUIRE(built.ok());
    return std::move(built).value();
  }
  base::Error refused() {
    auto built = build();
    REQUIRE_FALSE(built.ok());
    return std::move(built).error();
  }
  // Refused with a message that begins with `<dir>/<rest>`.
  void check_refused(ErrorCode code, std::string_view rest) {
    const base::Error error = refused();
    CAPTURE(error.message());
    CHECK(to_string(error.code()) == to_string(code));
    CHECK(error.message().starts_with(dir.path() + "/" + std::string(rest)));
  }
};

}  // namespace

TEST_CASE("build: a directory with policies alone becomes a whole payload") {
  Workshop workshop;
  const BuiltPayload built = workshop.good();
  CHECK(built.payload.version.text() == "2026-04-18T10:30:00Z");
  CHECK(built.payload.timestamp == test::instant_of("2026-04-18T10:30:00Z"));
  CHECK(built.payload.agents.empty());
  REQUIRE(built.payload.tiers.size() == 4);
  CHECK(built.payload.tiers[0].name == "untrusted");
  CHECK(built.payload.tiers[3].name == "privileged");
  CHECK(built.payload.tiers[3].rank == 3);
  CHECK(built.payload.tiers[0].ceiling.empty());
  CHECK(built.bytes ==
        R"({"schema":"meshguard.bundle/v1","version":"2026-04-18T10:30:00Z","timestamp":"2026-04-18T10:30:00Z",)"
        R"("trustTiers":[{"name":"untrusted","rank":0},{"name":"verified","rank":1},{"name":"trusted","rank":2},)"
        R"({"name":"privileged","rank":3}],"agents":[],"policies":[{"name":"base","rules":[)"
        R"({"id":"reads","effect":"allow","actions":["read:*"]}]}]})");
}

TEST_CASE("build: the bytes are what parse_payload reads, and seal wraps them") {
  Workshop workshop;
  const BuiltPayload built = workshop.good();
  CHECK(parse_payload(built.bytes).ok());
  const auto key = test::make_key();
  crypto::Envelope envelope = seal(built);
  crypto::sign_envelope(envelope, key);
  auto sealed = SealedBundle::open(crypto::write_envelope(envelope));
  REQUIRE(sealed.ok());
  const auto verified = verify(std::move(sealed).value(), test::trust_in({&key}),
                               {Origin::Fetched, test::instant_of(test::kSoonAfter), std::nullopt});
  CHECK(verified.ok());
}

TEST_CASE("build: policies come in byte order of their files, all three extensions, others left alone") {
  Workshop workshop;
  workshop.dir.write("policies/Zeta.yml", "name: zeta\nrules: [{effect: allow, action: a}]\n");
  workshop.dir.write("policies/alpha.json", R"({"name":"alpha","rules":[{"effect":"deny","action":"a"}]})");
  workshop.dir.write("policies/notes.md", "not a policy");
  workshop.dir.write("policies/.hidden.yaml", "{{{");
  workshop.dir.write("policies/more/inner.yaml", "{{{");
  const BuiltPayload built = workshop.good();
  REQUIRE(built.payload.policies.size() == 3);
  CHECK(built.payload.policies[0].name() == "zeta");
  CHECK(built.payload.policies[1].name() == "alpha");
  CHECK(built.payload.policies[2].name() == "base");
}

TEST_CASE("build: agents.yaml, tiers.yaml and bundle.yaml are taken over in the order of bundle.md") {
  Workshop workshop;
  workshop.dir.write("agents.yaml", "agents:\n  - {id: a1, trustTier: gold, tags: [x]}\n");
  workshop.dir.write("tiers.yaml", "trustTiers:\n  - {name: gold, rank: 7, ceiling: ['read:*']}\n");
  workshop.dir.write("bundle.yaml",
                     "x-team: {name: cx}\napprovals: []\nrevocations: {agents: [bad]}\nissuer: me\norgId: o\n"
                     "expiresAt: 2027-04-18T10:30:00Z\ndefaultCombining: first-applicable\n"
                     "unknownAgents: {trustTier: gold}\nissuers: []\n");
  const BuiltPayload built = workshop.good();
  CHECK(built.bytes.starts_with(
      R"({"schema":"meshguard.bundle/v1","version":"2026-04-18T10:30:00Z","timestamp":"2026-04-18T10:30:00Z",)"
      R"("issuer":"me","orgId":"o","expiresAt":"2027-04-18T10:30:00Z","defaultCombining":"first-applicable",)"
      R"("unknownAgents":{"trustTier":"gold"},"trustTiers":[{"name":"gold","rank":7,"ceiling":["read:*"]}],)"
      R"("agents":[{"id":"a1","trustTier":"gold","tags":["x"]}],"issuers":[],"revocations":{"agents":["bad"]},)"
      R"("approvals":[],"x-team":{"name":"cx"},"policies":[)"));
  CHECK(built.payload.revocations.agents.at(0) == "bad");
  CHECK(built.payload.unknown_agents_tier == std::size_t{0});
}

TEST_CASE("build: the same directory at the same time gives the same bytes") {
  Workshop workshop;
  CHECK(workshop.good().bytes == workshop.good().bytes);
}

TEST_CASE("build: a number with an exponent stays one that can be read back") {
  Workshop workshop;
  workshop.dir.write("policies/base.yaml",
                     "name: base\nrules: [{effect: allow, action: a, conditions: {context.n: {lt: 1e20}}}]\n");
  CHECK(workshop.good().bytes.find(R"({"lt":1e+20})") != std::string::npos);
}

TEST_CASE("build: the version is --version, else bundle.yaml's, else the time") {
  Workshop workshop;
  workshop.dir.write("bundle.yaml", "version: 7\n");
  CHECK(workshop.good().payload.version.text() == "7");
  workshop.options.version = Version::parse("2026-04-18T00:00:00Z").value();
  CHECK(workshop.good().payload.version.text() == "2026-04-18T00:00:00Z");
  workshop.options.version = Version::parse("18446744073709551615").value();
  CHECK(workshop.good().payload.version.text() == "18446744073709551615");
}

TEST_CASE("build: the version is later than the last one built") {
  const auto version_after = [](std::string_view previous) {
    Workshop workshop;
    workshop.options.previous = Version::parse(previous).value();
    return workshop.good().payload.version.text();
  };
  CHECK(version_after("2026-04-18T10:29:58Z") == "2026-04-18T10:30:00Z");
  CHECK(version_after("2026-04-18T10:30:00Z") == "2026-04-18T10:30:01Z");
  CHECK(version_after("2026-04-18T10:30:00.9Z") == "2026-04-18T10:30:01Z");
  CHECK(version_after("2026-04-18T12:00:00Z") == "2026-04-18T12:00:01Z");
}

TEST_CASE("build: after an integer version the next one must be given") {
  Workshop workshop;
  workshop.options.previous = Version::parse("41").value();
  CHECK(workshop.refused().code() == ErrorCode::InvalidInput);
  workshop.options.version = Version::parse("42").value();
  CHECK(workshop.good().payload.version.text() == "42");
}

TEST_CASE("build: a missing directory or policies directory is refused") {
  Workshop workshop;
  CHECK(payload_from_directory(workshop.files, workshop.dir.file("nowhere"), workshop.options).error().code() ==
        ErrorCode::InvalidInput);
  const test::TempDir empty;
  CHECK(payload_from_directory(workshop.files, empty.path(), workshop.options).error().code() ==
        ErrorCode::InvalidInput);
}

TEST_CASE("build: errors name file, line and column") {
  SUBCASE("YAML that cannot be read") {
    Workshop workshop;
    workshop.dir.write("policies/bad.yaml", "name: bad\nrules: [\n");
    workshop.check_refused(ErrorCode::Malformed, "policies/bad.yaml:");
  }
  SUBCASE("JSON that cannot be read") {
    Workshop workshop;
    workshop.dir.write("policies/bad.json", "{\n  \"name\": nul\n}");
    workshop.check_refused(ErrorCode::Malformed, "policies/bad.json:2:");
  }
  SUBCASE("a policy that breaks policy.md") {
    Workshop workshop;
    workshop.dir.write("policies/bad.yaml", "name: bad\nrules:\n  - id: r\n    effect: alow\n    action: a\n");
    workshop.check_refused(ErrorCode::PolicyInvalid, "policies/bad.yaml:4:");
  }
  SUBCASE("two policies of one name") {
    Workshop workshop;
    workshop.dir.write("policies/copy.yaml", kPolicy);
    workshop.check_refused(ErrorCode::SchemaInvalid, "policies/copy.yaml:1:1: name: `base` is already used by ");
  }
  SUBCASE("an agent of no tier") {
    Workshop workshop;
    workshop.dir.write("agents.yaml", "agents:\n  - id: a1\n    trustTier: gold\n");
    workshop.check_refused(ErrorCode::SchemaInvalid, "agents.yaml:3:16: agents[0] (a1): trustTier: ");
  }
  SUBCASE("an unknown member of agents.yaml") {
    Workshop workshop;
    workshop.dir.write("agents.yaml", "agents: []\nagent: []\n");
    workshop.check_refused(ErrorCode::SchemaInvalid, "agents.yaml:2:1: unknown member `agent`");
  }
  SUBCASE("agents.yaml without agents") {
    Workshop workshop;
    workshop.dir.write("agents.yaml", "{}\n");
    workshop.check_refused(ErrorCode::SchemaInvalid, "agents.yaml:1:1: agents: missing");
  }
  SUBCASE("tiers.yaml without a tier") {
    Workshop workshop;
    workshop.dir.write("tiers.yaml", "trustTiers: []\n");
    workshop.check_refused(ErrorCode::SchemaInvalid, "tiers.yaml:1:13: trustTiers: must not be empty");
  }
  SUBCASE("bundle.yaml with a schema") {
    Workshop workshop;
    workshop.dir.write("bundle.yaml", "schema: meshguard.bundle/v1\n");
    workshop.check_refused(ErrorCode::SchemaInvalid, "bundle.yaml:1:1: unknown member `schema`");
  }
  SUBCASE("bundle.yaml with a bad date") {
    Workshop workshop;
    workshop.dir.write("bundle.yaml", "issuer: me\nexpiresAt: tomorrow\n");
    workshop.check_refused(ErrorCode::SchemaInvalid, "bundle.yaml:2:12: expiresAt: ");
  }
  SUBCASE("a bad version") {
    Workshop workshop;
    workshop.dir.write("bundle.yaml", "version: v1\n");
    workshop.check_refused(ErrorCode::SchemaInvalid, "bundle.yaml:1:10: version: ");
  }
}

TEST_CASE("build: agents may come from another file, which must be there") {
  Workshop workshop;
  workshop.dir.write("agents.yaml", "agents: [{id: a1, trustTier: verified}]\n");
  workshop.options.agents_file =
      workshop.dir.write("other/agents.json", R"({"agents":[{"id":"a2","trustTier":"verified"}]})");
  CHECK(workshop.good().payload.agents.at(0).view.id == "a2");
  workshop.options.agents_file = workshop.dir.file("nowhere.yaml");
  CHECK(workshop.refused().code() == ErrorCode::NotFound);
}

}  // namespace guardian::bundle
