// One segment as it is written: whole lines at its end. Space is reserved ahead without showing (a reader sees only
// lines), so that a full disk is noticed before a line is half written. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "guardian/base/result.h"
#include "guardian/base/unique_fd.h"

namespace guardian::audit {

enum class Written {
  Yes,
  NoSpace,  // nothing of it is there; the disk or a quota is full
  Failed    // nothing of it is there, as far as the system let us see to that
};

class SegmentWriter {
 public:
  // Makes the file `path` (0600), which must not be there, with `reserve` bytes kept for it where the file system can.
  struct Made;
  [[nodiscard]] static Made create(const std::string& path, std::uint64_t reserve);
  // Goes on behind what a file holds.
  [[nodiscard]] static base::Result<SegmentWriter> reopen(const std::string& path);

  [[nodiscard]] Written append(std::string_view lines);
  // Whether there is space for that much more.
  [[nodiscard]] bool reserve_ahead(std::uint64_t bytes) { return reserve(bytes_ + bytes) == Written::Yes; }
  // All that was appended outlives the machine's power.
  [[nodiscard]] base::Status sync();
  // Gives back what was reserved and not used.
  void seal();
  // Keeps what was written up to `bytes`.
  [[nodiscard]] base::Status cut(std::uint64_t bytes);
  // Somebody removed the file: what is written goes nowhere.
  [[nodiscard]] bool is_gone() const noexcept;
  // The file was renamed by the caller.
  void moved_to(std::string path) { path_ = std::move(path); }

  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  // What the system said of the last append that failed.
  [[nodiscard]] const std::string& reason() const noexcept { return reason_; }

 private:
  SegmentWriter(base::UniqueFd fd, std::string path, std::uint64_t bytes)
      : fd_(std::move(fd)), path_(std::move(path)), bytes_(bytes), reserved_(bytes) {}
  [[nodiscard]] Written reserve(std::uint64_t end);
  [[nodiscard]] Written failed(int error_number);

  base::UniqueFd fd_;
  std::string path_;
  std::uint64_t bytes_;
  std::uint64_t reserved_;
  bool reserves_ = true;  // false once the file system has said that it cannot
  std::string reason_;
};

// `writer` is there where `written` is Yes; `reason` says why it is not.
struct SegmentWriter::Made {
  Written written = Written::Yes;
  std::optional<SegmentWriter> writer;
  std::string reason;
};

}  // namespace guardian::audit
