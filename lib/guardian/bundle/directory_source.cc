#include "guardian/bundle/directory_source.h"

#include <string_view>

#include "guardian/base/text.h"
#include "guardian/json/reader.h"
#include "guardian/policy/place.h"
#include "guardian/policy/yaml.h"

namespace guardian::bundle {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr std::size_t kMaxTotalBytes = std::size_t{256} << 20;
constexpr std::size_t kMaxDepth = 32;  // policy.md section 1: JSON is read as YAML is

Result<SourceFile> load_file(base::FileSystem& files, const std::string& path) {
  GUARDIAN_ASSIGN(std::string text, files.read_file(path, kMaxSourceBytes));
  auto document = parse_source(text, path);
  if (!document.ok()) return policy::in_file(document.error(), path);
  return SourceFile{path, std::move(text), std::move(document).value()};
}

Result<std::optional<SourceFile>> load_if_there(base::FileSystem& files, const std::string& path) {
  auto file = load_file(files, path);
  if (file.ok()) return std::optional<SourceFile>(std::move(file).value());
  if (file.error().code() == ErrorCode::NotFound) return std::optional<SourceFile>();
  return std::move(file).error();
}

Result<std::vector<SourceFile>> load_policies(base::FileSystem& files, const std::string& directory) {
  const std::string path = directory + "/policies";
  const auto entries = files.list(path);
  if (!entries.ok()) return Error(ErrorCode::InvalidInput, entries.error().message());
  std::vector<SourceFile> policies;
  std::size_t total_bytes = 0;
  for (const base::DirectoryEntry& entry : *entries) {
    if (!is_policy_file(entry)) continue;
    if (policies.size() == kMaxSourceFiles) {
      return Error(ErrorCode::TooLarge,
                   "`" + path + "` holds more than " + std::to_string(kMaxSourceFiles) + " policies");
    }
    GUARDIAN_ASSIGN(SourceFile file, load_file(files, path + "/" + entry.name));
    total_bytes += file.text.size();
    if (total_bytes > kMaxTotalBytes) {
      return Error(ErrorCode::TooLarge, "the policies of `" + path + "` are larger than 256 MiB together");
    }
    policies.push_back(std::move(file));
  }
  return policies;
}

}  // namespace

bool is_policy_file(const base::DirectoryEntry& entry) {
  const std::string_view name = entry.name;
  if (entry.is_directory || name.starts_with('.')) return false;
  return name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".json");
}

Result<json::Document> parse_source(std::string_view text, const std::string& path) {
  if (!path.ends_with(".json")) return policy::parse_yaml(text, {.max_bytes = kMaxSourceBytes, .max_depth = kMaxDepth});
  json::ReadLimits limits;
  limits.max_bytes = kMaxSourceBytes;
  limits.max_depth = kMaxDepth;
  return json::parse(text, limits);
}

Result<DirectorySource> load_directory(base::FileSystem& files, const std::string& directory,
                                       const std::optional<std::string>& agents_file, SourceParts parts) {
  DirectorySource source;
  if (parts == SourceParts::None) return source;
  GUARDIAN_ASSIGN(source.tiers, load_if_there(files, directory + "/tiers.yaml"));
  if (parts == SourceParts::OnlyTiers) return source;
  if (parts == SourceParts::Policies) {
    GUARDIAN_ASSIGN(source.policies, load_policies(files, directory));
  }
  if (agents_file) {
    auto agents = load_file(files, *agents_file);
    if (!agents.ok()) return std::move(agents).error();
    source.agents = std::move(agents).value();
  } else {
    GUARDIAN_ASSIGN(source.agents, load_if_there(files, directory + "/agents.yaml"));
  }
  GUARDIAN_ASSIGN(source.members, load_if_there(files, directory + "/bundle.yaml"));
  return source;
}

}  // namespace guardian::bundle
