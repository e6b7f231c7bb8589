// A directory of a test's own, removed with all in it when the test ends.
#pragma once

#include <string>
#include <string_view>

namespace guardian::test {

class TempDir {
 public:
  TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir();

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] std::string file(std::string_view name) const;

  // Writes a file below the directory, making what is above it; returns its path.
  std::string write(std::string_view name, std::string_view content) const;
  // The content of a file below the directory; empty when it is not there.
  [[nodiscard]] std::string read(std::string_view name) const;
  [[nodiscard]] bool exists(std::string_view name) const;

 private:
  std::string path_;
};

}  // namespace guardian::test
