#include "guardian/config/raw_settings.h"

#include <algorithm>
#include <optional>

#include "guardian/base/text.h"
#include "guardian/config/toml_file.h"

namespace guardian::config {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;

constexpr const char* kDefaultConfigFile = "/etc/guardian/guardian.toml";
constexpr std::size_t kMaxSecretBytes = std::size_t{64} << 10;
constexpr std::string_view kFileSuffix = "_FILE";

// One of the places that settings come from.
struct Layer {
  std::map<std::string, std::string> values;  // by setting name, or a secret's name and _FILE
  std::string source;
};

// The setting that a name stands for, a secret's `_FILE` form included.
const SettingInfo* find_named(std::string_view name) {
  if (const SettingInfo* const setting = find_setting(name)) return setting;
  if (!name.ends_with(kFileSuffix)) return nullptr;
  const SettingInfo* const secret = find_setting(name.substr(0, name.size() - kFileSuffix.size()));
  return secret != nullptr && secret->secret ? secret : nullptr;
}

std::string name_of_toml_key(std::string_view key) {
  std::string name(key);
  for (char& c : name) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return name;
}

Result<Layer> file_layer(const std::string& path, base::FileSystem& files) {
  GUARDIAN_ASSIGN(const std::string text, files.read_file(path, kMaxConfigBytes));
  auto entries = parse_toml(text);
  if (!entries) return std::move(entries).error().within(path);
  Layer layer{{}, path};
  for (TomlEntry& entry : *entries) {
    std::string name = name_of_toml_key(entry.key);
    if (base::to_lower(entry.key) != entry.key || find_named(name) == nullptr) {
      return Error(ErrorCode::InvalidInput, path + ": line " + std::to_string(entry.line) + ": unknown key `" +
                                                base::printable(entry.key) + "`");
    }
    layer.values.emplace(std::move(name), std::move(entry.value));
  }
  return layer;
}

Layer environment_layer(const Sources& sources) {
  Layer layer{{}, "the environment"};
  for (const auto& variable : sources.environment) {
    if (!variable.second.empty() && find_named(variable.first) != nullptr) layer.values.insert(variable);
  }
  return layer;
}

// systemd's credentials: a file a secret, named as the flag is.
Result<Layer> credentials_layer(const Sources& sources, base::FileSystem& files) {
  Layer layer{{}, "$CREDENTIALS_DIRECTORY"};
  const auto directory = sources.environment.find("CREDENTIALS_DIRECTORY");
  if (directory == sources.environment.end() || directory->second.empty()) return layer;
  for (const SettingInfo& setting : all_settings()) {
    if (!setting.secret || setting.support != SettingInfo::Support::Full) continue;
    const std::string path = directory->second + "/" + kebab_name(setting.name);
    const auto there = files.read_file(path, kMaxSecretBytes);
    if (!there && there.error().code() == ErrorCode::NotFound) continue;
    layer.values.emplace(std::string(setting.name) + std::string(kFileSuffix), path);
  }
  return layer;
}

Result<std::string> read_secret(const std::string& path, base::FileSystem& files) {
  GUARDIAN_ASSIGN(std::string text, files.read_file(path, kMaxSecretBytes));
  const std::string_view secret = base::trim(text);
  if (secret.empty()) return Error(ErrorCode::InvalidInput, "`" + path + "` is empty");
  return std::string(secret);
}

// False for a setting that is taken and not used.
Result<bool> is_used(const SettingInfo& setting, const std::string& value, const Layer& layer) {
  switch (setting.support) {
    case SettingInfo::Support::Full:
      return true;
    case SettingInfo::Support::Ignored:
      return false;
    case SettingInfo::Support::DefaultOnly:
      if (!setting.default_value.empty() && value == setting.default_value) return false;
      return Error(ErrorCode::NotSupported,
                   std::string(setting.name) + " (from " + layer.source + ") is not supported yet");
  }
  GUARDIAN_ASSERT(false);
}

Status add_layer(const Layer& layer, base::FileSystem& files, RawSettings& settings) {
  RawSettings here;
  for (const auto& [name, value] : layer.values) {
    const SettingInfo* const setting = find_named(name);
    if (setting == nullptr) return Error(ErrorCode::InvalidInput, "unknown setting `" + base::printable(name) + "`");
    GUARDIAN_ASSIGN(const bool used, is_used(*setting, value, layer));
    if (!used) continue;
    std::string text = value;
    if (name != setting->name) {
      if (layer.values.contains(std::string(setting->name))) {
        return Error(ErrorCode::InvalidInput,
                     "both " + std::string(setting->name) + " and " + name + " are given in " + layer.source);
      }
      // A layer above has it already: a file that nobody asks for need not be there.
      if (settings.contains(setting->name)) continue;
      auto secret = read_secret(value, files);
      if (!secret) return std::move(secret).error().within(name + " (from " + layer.source + ")");
      text = std::move(secret).value();
    }
    here.emplace(setting->name, RawSetting{std::move(text), layer.source});
  }
  settings.merge(here);
  return {};
}

}  // namespace

Result<RawSettings> collect_settings(const Sources& sources, base::FileSystem& files) {
  RawSettings settings;
  GUARDIAN_TRY(add_layer({sources.flags, "the command line"}, files, settings));
  GUARDIAN_TRY(add_layer(environment_layer(sources), files, settings));
  GUARDIAN_ASSIGN(const Layer credentials, credentials_layer(sources, files));
  GUARDIAN_TRY(add_layer(credentials, files, settings));
  auto file = file_layer(sources.config_file.empty() ? kDefaultConfigFile : sources.config_file, files);
  if (file) {
    GUARDIAN_TRY(add_layer(*file, files, settings));
  } else if (!sources.config_file.empty() || file.error().code() != ErrorCode::NotFound) {
    return std::move(file).error().within("config file");
  }
  return settings;
}

}  // namespace guardian::config
