// The files of an audit store: `<first seq, 20 digits>.jsonl`, one event a line, in order. Read beside the process that
// writes them: a segment may be removed or grow meanwhile. Only files are touched here; any thread, one Reader each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/base/result.h"
#include "guardian/base/unique_fd.h"

namespace guardian::audit {

struct Segment {
  std::string path;
  std::uint64_t first_seq = 0;
};

// `00000000000000000042.jsonl`.
[[nodiscard]] std::string segment_name(std::uint64_t first_seq);
// 0 where the name is not a segment's.
[[nodiscard]] std::uint64_t first_seq_of(std::string_view name) noexcept;

// The segments of a directory by first seq. Errors: NotFound where there is no such directory, Io.
[[nodiscard]] base::Result<std::vector<Segment>> list_segments(const std::string& directory);

// Reads a file line by line in memory of its own, which grows to the longest line (at most kMaxLineBytes; a longer line
// is given in part and told so).
class LineReader {
 public:
  enum class Found {
    Line,     // a line with its newline
    Partial,  // the last one, without a newline: torn, or just being written
    TooLong,  // more than kMaxLineBytes without a newline; the next call goes on behind it
    End
  };
  struct Step {
    Found found = Found::End;
    std::string_view text;     // without the newline; until the next call
    std::uint64_t offset = 0;  // of its first byte in the file
  };

  // From byte `offset` on. Errors: NotFound, Io.
  [[nodiscard]] static base::Result<LineReader> open(const std::string& path, std::uint64_t offset = 0);

  [[nodiscard]] base::Result<Step> next();
  // Where the line after the last one given begins: a Partial one is not passed, so that a call after more was written
  // gives it whole.
  [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }

 private:
  LineReader(base::UniqueFd fd, std::string path, std::uint64_t offset);
  // Reads more behind what is held; false at the end of the file.
  [[nodiscard]] base::Result<bool> fill();

  base::UniqueFd fd_;
  std::string path_;
  std::uint64_t offset_;  // of buffer_[begin_]
  std::vector<char> buffer_;
  std::size_t begin_ = 0;  // what is held: [begin_, end_)
  std::size_t end_ = 0;
  std::size_t scanned_ = 0;  // no newline in [begin_, scanned_)
  bool skipping_ = false;    // in a line that was too long
};

}  // namespace guardian::audit
