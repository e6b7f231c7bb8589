// The events of one sidecar as the gateway keeps them: a file with one event a line, as posted, each id once. One
// thread at a time.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "guardian/base/result.h"
#include "guardian/base/unique_fd.h"
#include "guardian/gateway/event_index.h"
#include "guardian/gateway/posted_batch.h"

namespace guardian::gateway {

// The id that an event is known by; nullopt for what has none.
[[nodiscard]] std::optional<std::string> id_of_event(std::string_view line);

class EventFile {
 public:
  // Made with its first event where it is not there. What is in it is read once, for its ids; a torn end is cut, which
  // nobody was told is stored. Errors: Io.
  [[nodiscard]] static base::Result<std::unique_ptr<EventFile>> open(std::string path);

  // Appends those events whose id it does not hold, in order, and returns how many those are. They are on the disk when
  // it returns; after an error it holds what it held before. Looks again at a file that somebody moved away or changed.
  // Errors: Io.
  [[nodiscard]] base::Result<std::size_t> append_new(std::span<const PostedEvent> events);

 private:
  explicit EventFile(std::string path) : path_(std::move(path)) {}
  [[nodiscard]] base::Result<base::UniqueFd> open_file() const;
  [[nodiscard]] base::Status scan();
  [[nodiscard]] base::Status write(const base::UniqueFd& file, std::string_view lines);

  const std::string path_;
  EventIndex index_;
  std::uint64_t size_ = 0;
  ino_t inode_ = 0;
};

}  // namespace guardian::gateway
