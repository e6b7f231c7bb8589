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
  // What the holder wrote down for others; empty when nobody holds the lock or nothing was written.
  [[nodiscard]] static std::string note(const std::string& path);

  // Writes one line for those who find the lock taken. On a full disk it is left out.
  void write_note(const std::string& line);

 private:
  explicit FileLock(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace guardian::base
