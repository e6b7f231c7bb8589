// The disk as a seam: the few operations that the cache and the tools need, so that tests can make any one of them
// fail. Paths are plain text; directories are made 0700 and files 0600 unless told otherwise (bundle.md section 4).
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/base/result.h"

namespace guardian::base {

enum class FileAccess { OwnerOnly, WorldReadable };  // 0600, 0644

struct DirectoryEntry {
  std::string name;
  bool is_directory = false;
};

// A file that is written from its start to its end, piece by piece. One thread at a time; closes on destruction.
class AppendFile {
 public:
  AppendFile() = default;
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;
  virtual ~AppendFile() = default;

  // What is written outlives this process, however it ends. A failure may leave a part of it.
  [[nodiscard]] virtual Status append(std::string_view bytes) = 0;
  // All that was appended outlives the machine's power too.
  [[nodiscard]] virtual Status sync() = 0;
};

// Any thread may call. Errors: NotFound where the path does not exist, TooLarge past a cap, Io for the rest; the text
// holds the path and the system's reason.
class FileSystem {
 public:
  FileSystem() = default;
  FileSystem(const FileSystem&) = delete;
  FileSystem& operator=(const FileSystem&) = delete;
  virtual ~FileSystem() = default;

  // The whole file, at most `max_bytes`. A pipe is read to its end; Io for one that nobody writes to.
  [[nodiscard]] virtual Result<std::string> read_file(const std::string& path, std::size_t max_bytes) = 0;
  // Creates or truncates `path`, writes and fsyncs. A failure may leave a part of it: use replace_file for what must
  // stay whole.
  [[nodiscard]] virtual Status write_and_sync(const std::string& path, std::string_view bytes, FileAccess access) = 0;
  // Creates or truncates `path` (0600). Renaming the file does not part it from what appends to it.
  [[nodiscard]] virtual Result<std::unique_ptr<AppendFile>> create(const std::string& path) = 0;
  [[nodiscard]] virtual Status rename(const std::string& from, const std::string& to) = 0;
  // Makes `to` another name of the file `from`; fine when `to` is there already.
  [[nodiscard]] virtual Status link(const std::string& from, const std::string& to) = 0;
  [[nodiscard]] virtual Status sync_directory(const std::string& path) = 0;
  // Makes the directory and its parents; fine when it is there.
  [[nodiscard]] virtual Status make_directories(const std::string& path) = 0;
  // Removes a file, or a directory with all in it; fine when it is not there. Symbolic links are removed, not followed.
  [[nodiscard]] virtual Status remove_all(const std::string& path) = 0;
  // Sorted by name in byte order.
  [[nodiscard]] virtual Result<std::vector<DirectoryEntry>> list(const std::string& path) = 0;
};

class SystemFileSystem final : public FileSystem {
 public:
  [[nodiscard]] Result<std::string> read_file(const std::string& path, std::size_t max_bytes) override;
  [[nodiscard]] Status write_and_sync(const std::string& path, std::string_view bytes, FileAccess access) override;
  [[nodiscard]] Result<std::unique_ptr<AppendFile>> create(const std::string& path) override;
  [[nodiscard]] Status rename(const std::string& from, const std::string& to) override;
  [[nodiscard]] Status link(const std::string& from, const std::string& to) override;
  [[nodiscard]] Status sync_directory(const std::string& path) override;
  [[nodiscard]] Status make_directories(const std::string& path) override;
  [[nodiscard]] Status remove_all(const std::string& path) override;
  [[nodiscard]] Result<std::vector<DirectoryEntry>> list(const std::string& path) override;
};

// Replaces `path` so that any instant of a crash leaves the old or the new content whole: temporary file beside it,
// fsync, rename, fsync of the directory. On failure the old content is untouched and the temporary file removed.
[[nodiscard]] Status replace_file(FileSystem& files, const std::string& path, std::string_view bytes,
                                  FileAccess access = FileAccess::OwnerOnly);

}  // namespace guardian::base
