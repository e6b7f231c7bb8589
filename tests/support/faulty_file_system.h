// A real file system that breaks when it is told to. Counts the calls that change something; the n-th fails, and either
// only that one (a disk that was full for a moment) or all from then on, reads too (a process that died). A write that
// fails may leave the first half of its bytes behind. Appending and syncing a created file are changing calls too.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/base/file_system.h"

namespace guardian::test {

enum class Fault { Once, Dead };
enum class Leaves { Nothing, PartOfFile };

class FaultyFileSystem final : public base::FileSystem {
 public:
  // The `call`-th changing call from now on fails, counted from 1.
  void fail_at(std::size_t call, Fault fault, Leaves leaves = Leaves::Nothing);
  // Not every file system has hard links: from now on none can be made.
  void has_no_links() noexcept { links_ = false; }
  // Works again, and counts from 0.
  void heal();
  // Changing calls since the start, fail_at or heal.
  [[nodiscard]] std::size_t calls() const noexcept { return calls_; }

  [[nodiscard]] base::Result<std::string> read_file(const std::string& path, std::size_t max_bytes) override;
  [[nodiscard]] base::Status write_and_sync(const std::string& path, std::string_view bytes,
                                            base::FileAccess access) override;
  // The file must not outlive this.
  [[nodiscard]] base::Result<std::unique_ptr<base::AppendFile>> create(const std::string& path) override;
  [[nodiscard]] base::Status rename(const std::string& from, const std::string& to) override;
  [[nodiscard]] base::Status link(const std::string& from, const std::string& to) override;
  [[nodiscard]] base::Status sync_directory(const std::string& path) override;
  [[nodiscard]] base::Status make_directories(const std::string& path) override;
  [[nodiscard]] base::Status remove_all(const std::string& path) override;
  [[nodiscard]] base::Result<std::vector<base::DirectoryEntry>> list(const std::string& path) override;

 private:
  class File;

  // Counts a changing call and says whether it fails.
  [[nodiscard]] bool breaks();
  [[nodiscard]] bool dead() const noexcept { return fail_at_ != 0 && fault_ == Fault::Dead && calls_ >= fail_at_; }

  base::SystemFileSystem real_;
  bool links_ = true;
  std::size_t calls_ = 0;
  std::size_t fail_at_ = 0;
  Fault fault_ = Fault::Once;
  Leaves leaves_ = Leaves::Nothing;
};

}  // namespace guardian::test
