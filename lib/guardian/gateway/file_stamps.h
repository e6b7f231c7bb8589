// Whether files changed since they were last looked at, by what the file system says of them: cheap enough to ask
// several times a second, and sure for what other means of watching miss (network file systems, swapped symbolic
// links).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "guardian/base/clock.h"

namespace guardian::gateway {

// One thread at a time.
class FileStamps {
 public:
  // The files that the bundle of `directory` is made of, and `others`: files, or directories whose entries count.
  // What is there now is what later looks are compared with. `clock` must outlive it.
  FileStamps(std::string directory, std::vector<std::string> others, const base::Clock& clock);

  // True when something is not as it was at the last look, and once more after a change that is so young that the times
  // of files could hide a second one.
  [[nodiscard]] bool changed();

 private:
  [[nodiscard]] std::string take();

  const std::string directory_;
  const std::vector<std::string> others_;
  const base::Clock& clock_;
  std::string last_;
  bool unsettled_ = false;
};

}  // namespace guardian::gateway
