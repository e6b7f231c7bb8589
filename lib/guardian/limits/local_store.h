// Counts of this process alone, in memory, and saved in a directory when there is one: what is in force unless a fleet
// shares its counts, and what stands in while those are away. Answers at once.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "guardian/base/clock.h"
#include "guardian/base/file_system.h"
#include "guardian/limits/count_table.h"
#include "guardian/limits/journal.h"
#include "guardian/limits/running_time.h"
#include "guardian/limits/store.h"

namespace guardian::limits {

// About 600,000 counts that are little used, or 200,000 with one window that is used all the time.
inline constexpr std::size_t kDefaultMaxCountBytes = std::size_t{256} << 20;

struct LocalOptions {
  std::string directory;  // `limits/` below CACHE_DIR; empty: memory only
  std::size_t max_bytes = kDefaultMaxCountBytes;
};

// Any thread may call. With a directory a thread of its own saves what changed every 40 ms, so that a kill loses less
// than the last 100 ms (policy.md section 5), and lets empty counts go.
class LocalStore final : public Store {
 public:
  // Takes back what is saved. `files` and `clock` must outlive this. The directory must not be in use by another.
  LocalStore(LocalOptions options, base::FileSystem& files, const base::Clock& clock);
  // Saves all. No call may be under way.
  ~LocalStore() override;

  [[nodiscard]] Verdict charge(const Charge& charge) noexcept { return table_.charge(charge, time_.now()); }
  // Counts what was admitted elsewhere (CountTable::record).
  [[nodiscard]] Verdict record(const Charge& charge) noexcept { return table_.record(charge, time_.now()); }
  [[nodiscard]] std::size_t bytes() const noexcept { return table_.bytes(); }

  [[nodiscard]] bool charge(std::span<const Charge> charges, std::span<Verdict> verdicts, Waiter& waiter) override;
  [[nodiscard]] std::string problem() const override;

 private:
  void keep_saving(const std::stop_token& stop);

  const RunningTime time_;
  CountTable table_;
  std::unique_ptr<Journal> journal_;  // the saver's alone once it runs, but for problem()
  std::mutex wait_mutex_;
  std::condition_variable_any wake_;
  std::jthread saver_;
};

}  // namespace guardian::limits
