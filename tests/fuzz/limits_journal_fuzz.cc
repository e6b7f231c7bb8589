// Whatever a journal of rate-limit counts holds, the table keeps its bounds, waits no longer than an interval, and what
// it writes in turn reads back as the same counts, without damage.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "guardian/base/check.h"
#include "guardian/limits/count_table.h"
#include "guardian/limits/record.h"

namespace limits = guardian::limits;

namespace {

constexpr std::int64_t kNow = 1'776'500'000'000'000;
constexpr std::size_t kMaxBytes = 64 * 1024;
constexpr std::size_t kOneCountMore = 64 * 1024;

// True when nothing was damaged.
bool load(std::string_view bytes, limits::CountTable& table) {
  limits::RecordReader reader(bytes);
  while (const limits::SavedCount* const saved = reader.next()) {
    std::array<std::span<const limits::Window::Entry>, limits::kIntervalCount> entries;
    for (std::size_t i = 0; i < entries.size(); ++i) entries[i] = saved->entries[i];
    (void)table.restore(saved->names, entries);
  }
  table.settle(kNow);
  return !reader.damaged();
}

std::string save(limits::CountTable& table) {
  std::string bytes(limits::kJournalHead);
  for (std::size_t i = 0; i < table.bucket_count(); ++i) {
    table.visit_bucket(i, kNow, [&bytes](limits::Count& count) {
      limits::append_record(bytes, count, limits::Which::All);
      for (std::size_t w = 0; w < limits::kIntervalCount; ++w) {
        const std::int64_t wait = count.windows[w].wait(kNow, limits::kIntervals[w], 1);
        GUARDIAN_ASSERT(wait >= 0 && wait <= limits::kIntervals[w].length);
      }
    });
  }
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  limits::CountTable table(kMaxBytes, limits::CountTable::Changes::Forgotten);
  (void)load(bytes, table);
  GUARDIAN_ASSERT(table.bytes() <= kMaxBytes + kOneCountMore);
  const std::string saved = save(table);
  limits::CountTable again(2 * (kMaxBytes + kOneCountMore), limits::CountTable::Changes::Forgotten);
  GUARDIAN_ASSERT(load(saved, again));
  GUARDIAN_ASSERT(save(again).size() == saved.size());
  return 0;
}
