// Waits until one of a few files changes, or the user has had enough. For `--watch`.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "guardian/base/result.h"
#include "guardian/base/unique_fd.h"

namespace guardian::cmd {

// Watches directories rather than files, so that an editor that puts a new file in the place of the old one is seen,
// as is a file that is not there yet. One thread; blocks SIGINT and SIGTERM for it.
class FileWatch {
 public:
  [[nodiscard]] static base::Result<FileWatch> open();

  // The file of that path, there or not; its directory must be. NotFound or Io otherwise.
  [[nodiscard]] base::Status add_file(const std::string& path);
  // Every file of the directory that is YAML or JSON by its name.
  [[nodiscard]] base::Status add_directory(const std::string& path);

  // A path that changed, once its directory has been quiet for a moment; nullopt for SIGINT or SIGTERM. Changes since
  // open() count.
  [[nodiscard]] std::optional<std::string> wait();

 private:
  struct Directory {
    std::string path;
    std::set<std::string> names;
    bool all_policies = false;
  };

  FileWatch(base::UniqueFd events, base::UniqueFd signals);
  base::Result<Directory*> watch(const std::string& directory);
  // The first path of interest among the events that are there.
  std::optional<std::string> read_events();
  [[nodiscard]] bool wait_readable(int timeout_millis, bool& interrupted) const;

  base::UniqueFd events_;
  base::UniqueFd signals_;
  std::map<int, Directory> directories_;  // by watch descriptor
};

}  // namespace guardian::cmd
