// The events that are appended to a store from some moment on, over new segments and a store that begins anew. Asked
// again and again; holds no file between. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "guardian/audit/event_line.h"
#include "guardian/audit/scan.h"
#include "guardian/audit/store_path.h"
#include "guardian/base/result.h"

namespace guardian::audit {

class Follower {
 public:
  // Behind the last whole line there is now. Errors: Io; NotFound for a single file that is not there.
  [[nodiscard]] static base::Result<Follower> at_end(const StorePath& store);

  // The event that was the newest at the beginning, or the last that was given; 0: none.
  [[nodiscard]] std::uint64_t last_seq() const noexcept { return last_seq_; }

  // Gives all whole events that were appended since, until `visit` says Stop. Errors: Io.
  [[nodiscard]] base::Status poll(const std::function<Next(const EventLine&)>& visit);

 private:
  explicit Follower(StorePath store) : store_(std::move(store)) {}
  // To the end of the segment; false once `visit` said Stop.
  [[nodiscard]] base::Result<bool> drain(const std::function<Next(const EventLine&)>& visit);
  // Goes on to the segment that follows; false where there is none.
  [[nodiscard]] base::Result<bool> advance(const std::function<Next(const EventLine&)>& visit);
  void begin(const Segment& segment);
  // The segment is the file that was read so far.
  [[nodiscard]] bool is_same() const;

  StorePath store_;
  Segment segment_;           // first_seq 0: none yet
  std::uint64_t inode_ = 0;   // of the segment, 0: not there yet
  std::uint64_t offset_ = 0;  // of what was not given yet
  std::uint64_t last_seq_ = 0;
};

}  // namespace guardian::audit
