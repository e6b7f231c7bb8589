// Reads the lines of a segment from its end to its beginning, for what wants the newest events and few of them. Beside
// the process that appends: what is written after open() is not seen. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/audit/segment.h"
#include "guardian/base/result.h"
#include "guardian/base/unique_fd.h"

namespace guardian::audit {

class BackwardReader {
 public:
  // Errors: NotFound, Io.
  [[nodiscard]] static base::Result<BackwardReader> open(const std::string& path);

  // The line before the last one given. What stands behind the last newline (torn, or just being written) is given
  // first, as Partial; then Line and TooLong (of which a part is given) as LineReader has them, until End.
  [[nodiscard]] base::Result<LineReader::Step> next();
  [[nodiscard]] std::uint64_t bytes_read() const noexcept { return bytes_read_; }

 private:
  BackwardReader(base::UniqueFd fd, std::string path, std::uint64_t size);
  // Reads more in front of what is held.
  [[nodiscard]] base::Status fill();

  base::UniqueFd fd_;
  std::string path_;
  std::uint64_t offset_;  // of the first byte held
  std::uint64_t bytes_read_ = 0;
  std::vector<char> buffer_;  // what is held: [begin_, end_), at the end of the buffer
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t scanned_ = 0;  // no newline in [scanned_, end_)
  bool at_tail_ = true;      // nothing was given yet
  bool skipping_ = false;    // in a line that was too long
};

}  // namespace guardian::audit
