// The files of a bundle's directory (bundle.md section 2, "From a directory"), read and parsed but not yet judged. For
// building, and for the linter, which reads policies one by one.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/base/file_system.h"
#include "guardian/base/result.h"
#include "guardian/json/document.h"
#include "guardian/policy/program.h"

namespace guardian::bundle {

struct SourceFile {
  std::string path;
  std::string text;
  json::Document document;  // carries byte offsets into `text`

  [[nodiscard]] policy::Source source() const noexcept { return {path, text}; }
};

struct DirectorySource {
  std::vector<SourceFile> policies;  // byte order of file names
  std::optional<SourceFile> agents;
  std::optional<SourceFile> tiers;
  std::optional<SourceFile> members;  // bundle.yaml
};

inline constexpr std::size_t kMaxSourceFiles = 20'000;
inline constexpr std::size_t kMaxSourceBytes = std::size_t{16} << 20;  // of one file

// True for what `policies/*.yaml|yml|json` means; names that begin with a dot are not meant.
[[nodiscard]] bool is_policy_file(const base::DirectoryEntry& entry);
// YAML, or JSON where the path ends in `.json`; nesting up to 32. `line L column C: ...` when it is neither.
[[nodiscard]] base::Result<json::Document> parse_source(std::string_view text, const std::string& path);

enum class SourceParts { Policies, NoPolicies, OnlyTiers, None };

// Names that begin with a dot, directories and other extensions in policies/ are left alone, as `policies/*.yaml` says.
// `agents_file`, when given, is read instead of agents.yaml and must be there. Errors as payload_from_directory.
[[nodiscard]] base::Result<DirectorySource> load_directory(base::FileSystem& files, const std::string& directory,
                                                           const std::optional<std::string>& agents_file,
                                                           SourceParts parts = SourceParts::Policies);

}  // namespace guardian::bundle
