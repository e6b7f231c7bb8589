#include <doctest/doctest.h>

#include "given.h"

using guardian::base::ErrorCode;
using guardian::base::LogFormat;
using guardian::base::LogLevel;
using guardian::test::Given;
using guardian::test::mentions;

namespace {

// InvalidInput naming the setting; the value is not taken.
void check_refused(const std::string& name, const std::string& value) {
  CAPTURE(name);
  CAPTURE(value);
  const auto error = Given().flag(name, value).error();
  CHECK(error.code() == ErrorCode::InvalidInput);
  CHECK(mentions(error, name));
}

}  // namespace

TEST_CASE("values: the defaults are those of cli.md") {
  const auto settings = Given().settings();
  CHECK(settings.sidecar.mode == guardian::decision::Mode::Enforce);
  CHECK(settings.sidecar.cache_directory == "/cache");
  CHECK(settings.sidecar.server.host == "127.0.0.1");
  CHECK(settings.sidecar.server.port == 4000);
  CHECK(settings.sidecar.server.max_connections == 10'000);
  CHECK(settings.sidecar.sync.interval.count() == 60);
  CHECK(settings.sidecar.sync.max_bundle_bytes == 67'108'864);
  CHECK_FALSE(settings.sidecar.enforce_expiry);
  CHECK_FALSE(settings.sidecar.sync.allow_insecure_gateway);
  CHECK(settings.log_level == LogLevel::Info);
}

TEST_CASE("values: the log is text on a terminal and JSON elsewhere, unless it is told") {
  CHECK(Given().settings().log_format == LogFormat::Json);
  CHECK(Given().on_terminal().settings().log_format == LogFormat::Text);
  CHECK(Given().on_terminal().flag("LOG_FORMAT", "json").settings().log_format == LogFormat::Json);
  CHECK(Given().flag("LOG_FORMAT", "text").settings().log_format == LogFormat::Text);
  check_refused("LOG_FORMAT", "xml");
}

TEST_CASE("values: numbers are taken at their bounds and refused one beyond") {
  CHECK(Given().flag("BUNDLE_SYNC_INTERVAL", "1").settings().sidecar.sync.interval.count() == 1);
  CHECK(Given().flag("BUNDLE_SYNC_INTERVAL", "86400").settings().sidecar.sync.interval.count() == 86'400);
  CHECK(Given().flag("PORT", "0").settings().sidecar.server.port == 0);
  CHECK(Given().flag("PORT", "65535").settings().sidecar.server.port == 65'535);
  CHECK(Given().flag("MAX_CONNECTIONS", "1").settings().sidecar.server.max_connections == 1);
  for (const auto* value : {"0", "86401", "-1", "1.5", "60s", " 60", "", "99999999999999999999"}) {
    check_refused("BUNDLE_SYNC_INTERVAL", value);
  }
  check_refused("PORT", "65536");
  check_refused("MAX_CONNECTIONS", "0");
  check_refused("MAX_BUNDLE_BYTES", "0");
}

TEST_CASE("values: words are taken as they are written and no other way") {
  CHECK(Given().flag("MODE", "audit").settings().sidecar.mode == guardian::decision::Mode::Audit);
  CHECK(Given().flag("LOG_LEVEL", "debug").settings().log_level == LogLevel::Debug);
  CHECK(Given().flag("LOG_LEVEL", "error").settings().log_level == LogLevel::Error);
  check_refused("MODE", "Enforce");
  check_refused("MODE", "off");
  check_refused("LOG_LEVEL", "trace");
  for (const auto* value : {"1", "yes", "True", ""}) check_refused("ENFORCE_EXPIRY", value);
}

TEST_CASE("values: addresses of the gateway lose their trailing slash and must be http or https") {
  CHECK(Given().flag("GATEWAY_URL", "https://g.example/base/").settings().sidecar.sync.gateway_url ==
        "https://g.example/base");
  for (const auto* value : {"gateway.example", "ftp://g.example", "https://", "https://g.example/?x=1", ""}) {
    check_refused("GATEWAY_URL", value);
  }
  CHECK(Given().flag("BUNDLE_URL", "https://cdn.example/b?v=1").load().ok());
  check_refused("BUNDLE_URL", "cdn");
}

TEST_CASE("values: a secret that cannot stand in a header is refused without showing it") {
  for (const std::string value : {"two words", "line\nend", "caf\xC3\xA9"}) {
    const auto error = Given().environment("ADMIN_TOKEN", value).error();
    CHECK(error.code() == ErrorCode::InvalidInput);
    CHECK(mentions(error, "ADMIN_TOKEN"));
    CHECK_FALSE(mentions(error, value));
  }
  check_refused("ADMIN_TOKEN", std::string(4'097, 'x'));
  CHECK(Given().flag("ADMIN_TOKEN", std::string(4'096, 'x')).load().ok());
  check_refused("SIDECAR_ID", "a b");
}

TEST_CASE("values: the trust root is the content of the file it names") {
  Given given;
  given.flag("TRUST_ROOT", given.file("root.json", "the root"));
  CHECK(given.settings().sidecar.sync.trust_root == "the root");
  Given missing;
  CHECK(missing.flag("TRUST_ROOT", missing.path("nothing")).error().code() == ErrorCode::NotFound);
  Given empty;
  // An empty file must not mean that anybody is trusted.
  CHECK(empty.flag("TRUST_ROOT", empty.file("root.json", " \n")).error().code() == ErrorCode::InvalidInput);
}

TEST_CASE("values: the client certificate and its key come together and must be there") {
  Given both;
  const std::string certificate = both.file("cert.pem", "c");
  const std::string key = both.file("key.pem", "k");
  both.flag("GATEWAY_CERT", certificate).flag("GATEWAY_KEY", key);
  CHECK(both.settings().sidecar.sync.client.certificate_file == certificate);
  CHECK(both.settings().sidecar.sync.client.key_file == key);
  CHECK(Given().flag("GATEWAY_CERT", certificate).error().code() == ErrorCode::InvalidInput);
  Given missing;
  CHECK(missing.flag("GATEWAY_CA", missing.path("nothing")).error().code() == ErrorCode::NotFound);
}

TEST_CASE("values: text that names a place must not be empty") {
  check_refused("CACHE_DIR", "");
  check_refused("HOST", "");
  check_refused("TRUST_ROOT", "");
}
