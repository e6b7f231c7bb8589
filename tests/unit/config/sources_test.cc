#include <doctest/doctest.h>

#include "given.h"

using guardian::base::ErrorCode;
using guardian::config::Needs;
using guardian::test::Given;
using guardian::test::mentions;

TEST_CASE("sources: a flag wins over the environment, which wins over the config file, which wins over the default") {
  Given given;
  CHECK(given.settings().sidecar.server.port == 4000);
  CHECK(given.toml("port = 1").settings().sidecar.server.port == 1);
  CHECK(given.environment("PORT", "2").settings().sidecar.server.port == 2);
  CHECK(given.flag("PORT", "3").settings().sidecar.server.port == 3);
}

TEST_CASE("sources: an empty environment variable counts as not given") {
  Given given;
  CHECK(given.toml("mode = \"audit\"").environment("MODE", "").settings().sidecar.mode ==
        guardian::decision::Mode::Audit);
}

TEST_CASE("sources: environment variables that are no settings are left alone") {
  Given given;
  CHECK(given.environment("PATH", "/bin").environment("MODES", "nonsense").environment("PORT_FILE", "/x").load().ok());
}

TEST_CASE("sources: an error names the setting and where it came from") {
  Given given;
  CHECK(mentions(given.environment("PORT", "many").error(), "PORT (from the environment)"));
  CHECK(mentions(given.flag("PORT", "70000").error(), "PORT (from the command line)"));
  Given from_file;
  CHECK(mentions(from_file.toml("port = -1").error(), from_file.path("guardian.toml")));
}

TEST_CASE("sources: a config file that is named must exist") {
  Given given;
  CHECK(given.config_file(given.path("missing.toml")).error().code() == ErrorCode::NotFound);
}

TEST_CASE("sources: an unknown key in the config file is refused with its line") {
  Given given;
  const auto error = given.toml("port = 1\nprot = 2\n").error();
  CHECK(error.code() == ErrorCode::InvalidInput);
  CHECK(mentions(error, "line 2"));
  CHECK(mentions(error, "`prot`"));
}

TEST_CASE("sources: keys of the config file are lower case, and only secrets have a file form") {
  CHECK(mentions(Given().toml("PORT = 1").error(), "unknown key"));
  CHECK(mentions(Given().toml("port_file = \"x\"").error(), "unknown key"));
}

TEST_CASE("sources: config text that is no TOML is malformed, and its text is not repeated") {
  Given given;
  const auto error = given.toml("admin_token = \"s3cret\nport 1").error();
  CHECK(error.code() == ErrorCode::Malformed);
  CHECK(mentions(error, "line 1"));
  CHECK_FALSE(mentions(error, "s3cret"));
}

TEST_CASE("sources: a config member must be text, a whole number or a boolean") {
  for (const auto* text : {"port = 1.5", "port = [1]", "port = 2026-01-01", "[port]\nx = 1"}) {
    CAPTURE(text);
    CHECK(Given().toml(text).error().code() == ErrorCode::InvalidInput);
  }
  CHECK(Given().toml("enforce_expiry = true").settings().sidecar.enforce_expiry);
}

TEST_CASE("sources: a secret is read from the file that its file form names, without the line end") {
  Given given;
  given.environment("ADMIN_TOKEN_FILE", given.file("token", "t0ken\n"));
  CHECK(given.settings().sidecar.sync.admin_token == "t0ken");
  Given in_toml;
  const std::string path = in_toml.file("token", "other");
  CHECK(in_toml.toml("admin_token_file = \"" + path + "\"").settings().sidecar.sync.admin_token == "other");
}

TEST_CASE("sources: a secret's file must exist and hold something") {
  Given missing;
  missing.environment("ADMIN_TOKEN_FILE", missing.path("nothing"));
  CHECK(missing.error().code() == ErrorCode::NotFound);
  CHECK(mentions(missing.error(), "ADMIN_TOKEN_FILE"));
  Given empty;
  CHECK(empty.environment("ADMIN_TOKEN_FILE", empty.file("token", "\n")).error().code() == ErrorCode::InvalidInput);
}

TEST_CASE("sources: a secret given both ways in one place is refused") {
  Given given;
  given.environment("ADMIN_TOKEN", "a").environment("ADMIN_TOKEN_FILE", given.file("token", "b"));
  CHECK(mentions(given.error(), "both ADMIN_TOKEN and ADMIN_TOKEN_FILE"));
}

TEST_CASE("sources: a file form below a value that wins is not even read") {
  Given given;
  given.flag("ADMIN_TOKEN", "a").environment("ADMIN_TOKEN_FILE", given.path("nothing"));
  CHECK(given.settings().sidecar.sync.admin_token == "a");
}

TEST_CASE("sources: the credentials directory holds secrets by their flag names, above the config file") {
  Given given;
  given.file("credentials/admin-token", "from-systemd\n");
  given.environment("CREDENTIALS_DIRECTORY", given.path("credentials"));
  CHECK(given.toml("admin_token = \"from-file\"").settings().sidecar.sync.admin_token == "from-systemd");
  CHECK(given.environment("ADMIN_TOKEN", "from-env").settings().sidecar.sync.admin_token == "from-env");
}

TEST_CASE("sources: what a command needs is refused by name when it is missing") {
  Given given;
  CHECK(given.load(Needs::Nothing).ok());
  CHECK(mentions(given.error(Needs::Gateway), "GATEWAY_URL"));
  given.environment("GATEWAY_URL", "https://gateway.example");
  CHECK(mentions(given.error(Needs::Gateway), "ADMIN_TOKEN"));
  CHECK(given.environment("ADMIN_TOKEN", "t").load(Needs::Gateway).ok());
}
