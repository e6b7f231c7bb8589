#include <doctest/doctest.h>

#include <set>

#include "given.h"

using guardian::config::all_settings;
using guardian::config::SettingInfo;
using guardian::test::Given;

TEST_CASE("settings table: every name is there once and has a help text") {
  std::set<std::string_view> names;
  for (const SettingInfo& setting : all_settings()) {
    CAPTURE(setting.name);
    CHECK(names.insert(setting.name).second);
    CHECK_FALSE(setting.help.empty());
  }
  CHECK(names.size() > 40);
}

TEST_CASE("settings table: names become flags and credentials") {
  CHECK(guardian::config::flag_name("BUNDLE_SYNC_INTERVAL") == "--bundle-sync-interval");
  CHECK(guardian::config::kebab_name("ADMIN_TOKEN") == "admin-token");
  CHECK(guardian::config::find_setting("PORT") != nullptr);
  CHECK(guardian::config::find_setting("port") == nullptr);
  CHECK(guardian::config::find_setting("ADMIN_TOKEN_FILE") == nullptr);
}

TEST_CASE("settings table: what has a default in the table loads with it given") {
  for (const SettingInfo& setting : all_settings()) {
    if (setting.default_value.empty()) continue;
    CAPTURE(setting.name);
    Given given;
    given.environment(std::string(setting.name), std::string(setting.default_value));
    CHECK(given.load().ok());
  }
}

TEST_CASE("settings table: what is not built yet is refused by name unless it is the default") {
  for (const SettingInfo& setting : all_settings()) {
    if (setting.support != SettingInfo::Support::DefaultOnly) continue;
    CAPTURE(setting.name);
    Given given;
    given.environment(std::string(setting.name), "9999");
    const auto error = given.error();
    CHECK(error.code() == guardian::base::ErrorCode::NotSupported);
    CHECK(guardian::test::mentions(error, setting.name));
  }
}

TEST_CASE("settings table: the variables that every container has for telemetry are taken and ignored") {
  Given given;
  given.environment("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317").environment("OTEL_ENABLED", "true");
  CHECK(given.load().ok());
}
