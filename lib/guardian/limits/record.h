// A count as bytes in the journal. A record says how many allows there were in the cells it names, not how many came
// since, so reading one twice changes nothing. Numbers are little-endian:
//   marker `GLR1`, u32 length of the body, u32 CRC-32 of the body; body: three names (u16 length, bytes), then for each
//   interval u8 number of entries, and for each entry u64 newest moment (microseconds since 1970), u32 count.
// Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/limits/count.h"

namespace guardian::limits {

// The journal begins with this.
inline constexpr std::string_view kJournalHead = "guardian-limits-1\n";

enum class Which : std::uint8_t { Unsaved, All };
// Appends the entries of a count; nothing where there are none.
void append_record(std::string& out, const Count& count, Which which);

struct SavedCount {
  Names names;  // views into the bytes read
  std::array<std::vector<Window::Entry>, kIntervalCount> entries;
};

// Reads the records of a journal one by one. What is damaged (cut, wrong check, impossible numbers) is skipped up to
// the next record that is whole.
class RecordReader {
 public:
  // `bytes` must outlive this and what it returns.
  explicit RecordReader(std::string_view bytes);
  // nullptr at the end; else valid until the next call.
  [[nodiscard]] const SavedCount* next();
  // Something was skipped so far.
  [[nodiscard]] bool damaged() const noexcept { return damaged_; }

 private:
  std::string_view rest_;
  SavedCount saved_;
  bool damaged_ = false;
};

}  // namespace guardian::limits
