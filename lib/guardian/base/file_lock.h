// An advisory lock on a file, held by one process at a time and let go by the system when the process ends however it
// ends.
#pragma once

#include <string>

#include "guardian/base/result.h"
#include "guardian/base/unique_fd.h"

namespace guardian::base {

class FileLock {
 public:
  // Takes the lock or fails at once: Busy when another process holds it, Io when the file cannot be made. The file's
  // content becomes the holder's process id.
  [[nodiscard]] static Result<FileLock> try_lock(const std::string& path);
  // The process id of the holder, or 0 when nobody holds the lock (or the file is not there).
  [[nodiscard]] static int holder(const std::string& path);

 private:
  explicit FileLock(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace guardian::base
