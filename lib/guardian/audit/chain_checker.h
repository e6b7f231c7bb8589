// The checks of verify_chain.h, line by line in the order of the store. One thread, one use.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/audit/event_line.h"
#include "guardian/audit/head.h"
#include "guardian/audit/segment.h"
#include "guardian/audit/verify_chain.h"

namespace guardian::audit {

class ChainChecker {
 public:
  enum class Scope { Store, OneSegment };

  // `head` is nullopt where there is none to be read.
  ChainChecker(std::optional<Head> head, Scope scope) : head_(std::move(head)), scope_(scope) {}

  // Each returns false where it found the first thing that is wrong; then only finish() may follow.
  [[nodiscard]] bool begin_segment(const Segment& segment);
  [[nodiscard]] bool line(std::string_view text);
  // What stands behind the last newline of the segment, the last of the store or not.
  [[nodiscard]] bool partial(std::string_view text, bool is_last_segment);

  // Looks at the ends. `where` is named where an end is wrong.
  [[nodiscard]] ChainReport finish(const std::string& where);

  [[nodiscard]] const ChainReport& report() const noexcept { return report_; }

 private:
  // A range of events that a gap event says was let go, by what must follow it.
  struct Dropped {
    std::uint64_t next_seq = 0;
    std::string last_hash;
  };

  [[nodiscard]] bool check_place(const EventLine& event);
  [[nodiscard]] bool check_head(const EventLine& event);
  void note_gap(const EventLine& event);
  void check_beginning();
  void check_end(const std::string& where);
  bool fail(std::uint64_t seq, std::string_view id, std::string what);
  [[nodiscard]] std::uint64_t expected_seq() const noexcept;

  std::optional<Head> head_;
  Scope scope_;
  ChainReport report_;
  LineHasher hasher_;
  std::string segment_;
  std::uint64_t segment_seq_ = 0;  // by its name; 0: told nothing, or passed
  std::uint64_t line_ = 0;
  // Of the event before, and of the first.
  std::string prev_hash_;
  struct First {
    std::string prev;
    std::string id;
    std::string segment;
  };
  First first_;
  std::optional<Dropped> beginning_told_;  // by a gap event that fits the first event
};

}  // namespace guardian::audit
