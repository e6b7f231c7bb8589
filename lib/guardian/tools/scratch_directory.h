// A directory that nobody else has, below TMPDIR, removed with all in it however the drill ends.
#pragma once

#include <string>
#include <string_view>

#include "guardian/base/file_system.h"
#include "guardian/base/result.h"

namespace guardian::tools {

class ScratchDirectory {
 public:
  // `<TMPDIR or /tmp>/<prefix>XXXXXX`, 0700. Io when it cannot be made. `files` must outlive it.
  [[nodiscard]] static base::Result<ScratchDirectory> make(base::FileSystem& files, std::string_view prefix);
  ScratchDirectory(ScratchDirectory&& other) noexcept;
  ScratchDirectory& operator=(ScratchDirectory&&) = delete;
  ~ScratchDirectory();

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  ScratchDirectory(base::FileSystem& files, std::string path) : files_(&files), path_(std::move(path)) {}

  base::FileSystem* files_;
  std::string path_;  // empty: moved from
};

}  // namespace guardian::tools
