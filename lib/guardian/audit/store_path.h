// What a reader of events is pointed at: the cache of a sidecar, a directory of segments, or one segment (cli.md,
// `guardian audit`). Only names are looked at; any thread.
#pragma once

#include <string>
#include <vector>

#include "guardian/audit/segment.h"
#include "guardian/base/result.h"

namespace guardian::audit {

struct StorePath {
  std::string directory;  // where the segments are; empty for a single file
  std::string file;       // the single file; empty for a directory

  // The segments there are now, oldest first; of a file whose name is not a segment's, first_seq is 0. Errors: NotFound
  // where directory or file went away, Io.
  [[nodiscard]] base::Result<std::vector<Segment>> segments() const;
};

// `CACHE_DIR/audit`.
[[nodiscard]] std::string audit_directory(const std::string& cache_directory);

// `path` is a directory that holds segments or a head, one whose `audit` does, or a file. Errors: NotFound where it is
// nothing of the kind, Io.
[[nodiscard]] base::Result<StorePath> find_store(const std::string& path);

}  // namespace guardian::audit
