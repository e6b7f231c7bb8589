#include "guardian/tools/scratch_directory.h"

#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): mkdtemp is POSIX, not C++

#include <cerrno>
#include <utility>

#include "guardian/base/system_error.h"

namespace guardian::tools {

base::Result<ScratchDirectory> ScratchDirectory::make(base::FileSystem& files, std::string_view prefix) {
  const char* const chosen = ::getenv("TMPDIR");
  std::string path = chosen == nullptr || *chosen == '\0' ? "/tmp" : chosen;
  path += "/" + std::string(prefix) + "XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) return base::system_error("mkdtemp", path, errno);
  return ScratchDirectory(files, std::move(path));
}

ScratchDirectory::ScratchDirectory(ScratchDirectory&& other) noexcept
    : files_(other.files_), path_(std::exchange(other.path_, std::string())) {}

ScratchDirectory::~ScratchDirectory() {
  // What cannot be removed stays where temporary files stay.
  if (!path_.empty()) (void)files_->remove_all(path_).ok();
}

}  // namespace guardian::tools
