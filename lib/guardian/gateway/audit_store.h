// The gateway's events: a file for each sidecar below one directory (event_file.h). Any thread may call; posts of one
// sidecar wait for each other, those of different ones do not.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/base/file_system.h"
#include "guardian/base/mutex.h"
#include "guardian/base/result.h"
#include "guardian/gateway/event_file.h"
#include "guardian/gateway/posted_batch.h"

namespace guardian::gateway {

// A sidecar's id, which is foreign text, as the name of its file: letters, digits, `-`, `_` and inner dots stay, other
// bytes become `%XX`; what would be too long ends in `~` and digits of its digest. Different ids have different names.
[[nodiscard]] std::string event_file_name(std::string_view sidecar);

class AuditStore {
 public:
  // Makes the directory where it is not there, and reads what is in it. Errors: Io.
  [[nodiscard]] static base::Result<std::unique_ptr<AuditStore>> open(std::string directory, base::FileSystem& files);

  // How many of the batch's events are new; all are on the disk when it returns. Errors: Io, and TooLarge for more
  // sidecars than kMaxSidecars.
  [[nodiscard]] base::Result<std::size_t> store(const PostedBatch& batch);

 private:
  struct Entry {
    std::mutex mutex;  // held over I/O: one writer a file
    std::unique_ptr<EventFile> file;
  };

  explicit AuditStore(std::string directory) : directory_(std::move(directory)) {}
  [[nodiscard]] base::Result<Entry*> entry_of(const std::string& name);

  const std::string directory_;
  base::Mutex mutex_;
  std::map<std::string, std::unique_ptr<Entry>, std::less<>> entries_ GUARDIAN_GUARDED_BY(mutex_);
};

}  // namespace guardian::gateway
