// Internal to the room: the files of a bundle's directory (bundle.md section 2, "From a directory"), read and parsed
// but not yet judged.
#pragma once

#include <optional>
#include <string>
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

// Names that begin with a dot, directories and other extensions in policies/ are left alone, as `policies/*.yaml` says.
// `agents_file`, when given, is read instead of agents.yaml and must be there. Errors as payload_from_directory.
[[nodiscard]] base::Result<DirectorySource> load_directory(base::FileSystem& files, const std::string& directory,
                                                           const std::optional<std::string>& agents_file);

}  // namespace guardian::bundle
