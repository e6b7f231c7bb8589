// The store without its threads: writes batches of events to segments, lets old ones go, and tells by `audit.gap` what
// is not there (audit.md). One thread at a time; its segments may be read beside it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "guardian/audit/chain.h"
#include "guardian/audit/draft.h"
#include "guardian/audit/head.h"
#include "guardian/audit/segment.h"
#include "guardian/audit/segment_writer.h"
#include "guardian/audit/store_options.h"
#include "guardian/base/clock.h"
#include "guardian/base/result.h"
#include "guardian/base/unique_fd.h"

namespace guardian::audit {

class Trail {
 public:
  struct Opened {
    std::unique_ptr<Trail> trail;
    std::uint64_t cut_bytes = 0;
    std::string damage;
  };
  // Makes the directory (0700) and finds the end of the chain. Errors: Io. `clock` must outlive it.
  [[nodiscard]] static base::Result<Opened> open(StoreOptions options, const base::Clock& clock);

  // Appends them in order, all or none, where the durability wants them. False: they are not recorded, and counted.
  [[nodiscard]] bool write(std::span<const Draft* const> events);
  // Puts `cache.cleared` on record, where it is not what the store begins anew with.
  void tell_cleared();
  // The newest event as it is in the file; for reading back.
  [[nodiscard]] base::Result<std::string> read_newest() const;

  // The gateway has all up to and with `seq`; on the disk when it returns.
  [[nodiscard]] base::Status acknowledge(std::uint64_t seq);
  // What is to be done now and then: tells a gap, keeps the spare segment, lets old segments go.
  void maintain();
  // Counts decisions that were answered and cannot be recorded; a gap tells of them.
  void count_unwritten(std::size_t events);
  // False since the last events could not be written.
  [[nodiscard]] bool writable() const noexcept { return reason_.empty(); }
  // Gives back what was reserved; the head is on the disk.
  void close();

  [[nodiscard]] const Head& head() const noexcept { return head_; }
  // How often the chain began anew since it was opened.
  [[nodiscard]] std::uint64_t generation() const noexcept { return generation_; }
  [[nodiscard]] std::uint64_t bytes() const noexcept;
  [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }
  // Why nothing can be written, or events were pushed out, since the last minute; empty when all is well.
  [[nodiscard]] std::string problem() const;

 private:
  struct Sealed {
    Segment segment;
    std::uint64_t bytes = 0;
  };
  // Events that were removed before they were sent, and not told yet.
  struct Removed {
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    std::string last_hash;
  };

  Trail(StoreOptions options, const base::Clock& clock);
  void adopt(std::vector<Segment> segments, bool append_to_last);
  // The store was cleared beside us: the chain begins anew.
  void start_anew();

  [[nodiscard]] Written put(std::span<const Draft* const> events);
  [[nodiscard]] Written append_lines();
  [[nodiscard]] bool sync_lines();
  [[nodiscard]] std::vector<Draft> untold() const;
  // The directory's own descriptor tells when it was removed, whatever stands at its path now.
  [[nodiscard]] base::Status open_directory();
  // Begins anew where the store was cleared beside us; goes on in a new segment where only the newest one is gone.
  void look_at_directory();
  void tell_lost_before();
  [[nodiscard]] bool has_room();

  // Goes on in a new segment; in the spare one where there is no space for it.
  [[nodiscard]] Written rotate();
  [[nodiscard]] bool rotate_to_spare();
  void take_over(SegmentWriter next);
  void keep_spare();

  // Lets something go that AUDIT_FULL allows to; false when there is nothing.
  [[nodiscard]] bool make_room();
  void let_oldest_go();
  void let_expired_go();
  [[nodiscard]] bool is_sent(std::size_t sealed) const;
  [[nodiscard]] std::uint64_t last_seq_of(std::size_t sealed) const;
  [[nodiscard]] std::string hash_after(std::size_t sealed) const;
  void write_head_file(bool sync);

  StoreOptions options_;
  const base::Clock& clock_;
  std::uint64_t segment_bytes_;
  Head head_;
  std::uint64_t generation_ = 0;
  Chain chain_;
  std::vector<Sealed> sealed_;  // oldest first
  std::uint64_t sealed_bytes_ = 0;
  std::optional<SegmentWriter> current_;
  std::optional<SegmentWriter> spare_;  // holds space for the event that says that there is none
  std::uint64_t current_first_seq_ = 0;
  std::chrono::nanoseconds current_since_{};
  base::UniqueFd directory_;
  base::UniqueFd head_file_;
  std::chrono::nanoseconds head_written_{};
  bool head_is_behind_ = false;
  ChainEnd before_;  // what put() goes back to; a member for its memory
  std::string buffer_;

  std::optional<Removed> removed_;
  std::uint64_t dropped_ = 0;
  std::string reason_;  // of the last write that failed; empty when the last one did not
  std::optional<std::chrono::nanoseconds> pushed_out_at_;
  bool told_cleared_ = false;  // by that, and tell_cleared() has not come yet
  bool cleared_ = false;       // the chain began anew and has not said so yet
  bool told_full_ = false;     // since something could last be written
};

}  // namespace guardian::audit
