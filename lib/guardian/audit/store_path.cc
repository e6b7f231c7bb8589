#include "guardian/audit/store_path.h"

#include <sys/stat.h>

#include <cerrno>

#include "guardian/audit/head.h"
#include "guardian/base/system_error.h"

namespace guardian::audit {

namespace {

bool exists(const std::string& path) {
  struct stat found {};
  return ::stat(path.c_str(), &found) == 0;
}

// A directory that a store wrote to.
base::Result<bool> is_store(const std::string& directory) {
  if (exists(head_path(directory))) return true;
  GUARDIAN_ASSIGN(const auto segments, list_segments(directory));
  return !segments.empty();
}

}  // namespace

base::Result<std::vector<Segment>> StorePath::segments() const {
  if (file.empty()) return list_segments(directory);
  const std::size_t slash = file.rfind('/');
  const std::string_view name =
      slash == std::string::npos ? std::string_view(file) : std::string_view(file).substr(slash + 1);
  return std::vector<Segment>{{file, first_seq_of(name)}};
}

std::string audit_directory(const std::string& cache_directory) { return cache_directory + "/audit"; }

base::Result<StorePath> find_store(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return base::system_error("opening", path, errno);
  if (!S_ISDIR(found.st_mode)) return StorePath{{}, path};
  GUARDIAN_ASSIGN(const bool here, is_store(path));
  if (here) return StorePath{path, {}};
  const std::string below = audit_directory(path);
  if (::stat(below.c_str(), &found) == 0 && S_ISDIR(found.st_mode)) {
    GUARDIAN_ASSIGN(const bool there, is_store(below));
    if (there) return StorePath{below, {}};
  }
  return base::Error(base::ErrorCode::NotFound, "`" + path + "` holds no audit store");
}

}  // namespace guardian::audit
