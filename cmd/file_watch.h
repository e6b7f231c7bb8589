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
// as is a file that is not there yet; and each directory in the one that holds it, so that one that goes away, is
// replaced or comes back is seen too. One thread; blocks SIGINT and SIGTERM for it.
class FileWatch {
 public:
  [[nodiscard]] static base::Result<FileWatch> open();

  // The file of that path, there or not, its directory there or not. NotFound or Io when not even the nearest directory
  // that is there can be watched.
  [[nodiscard]] base::Status add_file(const std::string& path);
  // Every file of the directory that is YAML or JSON by its name; errors as for add_file.
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
  // nullptr with errno set when it cannot be watched.
  Directory* watch(const std::string& directory);
  // Watches, from the outermost on, for each part of the path the directory that holds it, as far as they are there.
  // Whether all were.
  base::Result<bool> watch_parts(const std::string& path);
  // The first path of interest among the events that are there.
  std::optional<std::string> read_events();
  [[nodiscard]] bool wait_readable(int timeout_millis, bool& interrupted) const;

  base::UniqueFd events_;
  base::UniqueFd signals_;
  std::map<int, Directory> directories_;  // by watch descriptor
};

}  // namespace guardian::cmd
