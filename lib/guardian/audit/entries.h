// The newest events, newest first: `GET /admin/audit` (api.md) and `guardian audit tail`.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "guardian/audit/filter.h"
#include "guardian/audit/store_path.h"
#include "guardian/base/result.h"

namespace guardian::audit {

// The lines of the newest `limit` events that pass, oldest first. Read from the end: as much of the store as holds
// them. Memory: the lines. Errors: as scan.
[[nodiscard]] base::Result<std::vector<std::string>> newest_lines(const StorePath& store, const Filter& filter,
                                                                  std::size_t limit);

// {"entries":[...]}, newest first: each the event as stored, and `timestamp`, equal to `time`. `directory` holds the
// segments. Errors: as scan.
[[nodiscard]] base::Result<std::string> entries_json(const std::string& directory, const Filter& filter,
                                                     std::size_t limit);

}  // namespace guardian::audit
