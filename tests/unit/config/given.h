// Settings as a user gives them, for the config room's tests.
#pragma once

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <utility>

#include "guardian/config/settings.h"
#include "support/temp_dir.h"

namespace guardian::test {

// A world of its own: what is not given here is not there. The config file always exists, so that the machine's own is
// never read.
class Given {
 public:
  Given() { toml(""); }

  Given& flag(const std::string& name, std::string value) {
    sources_.flags[name] = std::move(value);
    return *this;
  }
  Given& environment(const std::string& name, std::string value) {
    sources_.environment[name] = std::move(value);
    return *this;
  }
  Given& toml(const std::string& text) {
    sources_.config_file = directory_.write("guardian.toml", text);
    return *this;
  }
  Given& config_file(std::string path) {
    sources_.config_file = std::move(path);
    return *this;
  }
  Given& on_terminal() {
    sources_.output_is_terminal = true;
    return *this;
  }
  // A file below the test's own directory; returns its path.
  std::string file(const std::string& name, const std::string& content) const {
    return directory_.write(name, content);
  }
  [[nodiscard]] std::string path(const std::string& name) const { return directory_.file(name); }

  [[nodiscard]] base::Result<config::Settings> load(config::Needs needs = config::Needs::Nothing) {
    return config::load_settings(sources_, files_, needs);
  }
  // Fails the test where settings cannot be loaded.
  [[nodiscard]] config::Settings settings() {
    auto loaded = load();
    if (!loaded) FAIL(loaded.error().message());
    return std::move(loaded).value();
  }
  // Fails the test where they can.
  [[nodiscard]] base::Error error(config::Needs needs = config::Needs::Nothing) {
    const auto loaded = load(needs);
    if (loaded) FAIL("settings were accepted");
    return loaded.error();
  }

 private:
  TempDir directory_;
  base::SystemFileSystem files_;
  config::Sources sources_;
};

[[nodiscard]] inline bool mentions(const base::Error& error, std::string_view text) {
  return error.message().find(text) != std::string::npos;
}

}  // namespace guardian::test
