// All counts of one process, in memory that has a bound. A fixed array of buckets, each with a lock of its own that is
// held for one charge of the counts in it: about a microsecond, never across I/O. Counts are spread over the buckets by
// all their names, so what unrelated agents share is, now and then, a bucket (one pair in 65,536 at the usual size),
// and three words without a lock: the bytes in use, the head of the list of changed counts, and where sweeping goes on.
// A charge of counts that are known allocates only when a window needs room for more entries.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "guardian/limits/charge.h"
#include "guardian/limits/count.h"

namespace guardian::limits {

// Any thread may call, any number at once, but for what says otherwise. `now` is in microseconds since 1970 and should
// not go back.
class CountTable {
 public:
  enum class Changes : std::uint8_t { Listed, Forgotten };

  // `max_bytes`: of counts, names and buckets together. Listed: drain_changes() must be called now and then.
  CountTable(std::size_t max_bytes, Changes changes);
  ~CountTable();
  CountTable(const CountTable&) = delete;
  CountTable& operator=(const CountTable&) = delete;

  // All counts of the charge or none. Before a charge is Full, counts that are empty by now give up their place.
  [[nodiscard]] Verdict charge(const Charge& charge, std::int64_t now) noexcept;
  // Counts what was admitted elsewhere; what has no place is left out. Refused, and nothing counted, where this table
  // alone knows of as many allows as the limit within 98 % of an interval: whoever admitted it has forgotten some, and
  // the two keep time differently by less than that.
  [[nodiscard]] Verdict record(const Charge& charge, std::int64_t now) noexcept;

  // Calls for each count that changed since the last time, under its bucket's lock: must be quick and not call the
  // table. One thread at a time.
  using Visitor = std::function<void(Count&)>;
  void drain_changes(const Visitor& visit);
  // The same for each count of a bucket that is not empty by `now`; the others give up their place where nothing else
  // holds them.
  [[nodiscard]] std::size_t bucket_count() const noexcept { return buckets_.size(); }
  void visit_bucket(std::size_t bucket, std::int64_t now, const Visitor& visit);

  // Puts back saved entries, one set for each interval; false when there is no place. Only while nothing is charged.
  [[nodiscard]] bool restore(const Names& names,
                             const std::array<std::span<const Window::Entry>, kIntervalCount>& entries);
  // After the last restore(): saved entries that are ahead of `now` count as of now.
  void settle(std::int64_t now);

  // Lets empty counts go, looking at about `visits` of them from where the last call ended. How many bytes that gave.
  std::size_t sweep(std::size_t visits, std::int64_t now) noexcept;
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_.load(std::memory_order_relaxed); }

 private:
  struct Bucket {
    std::mutex lock;
    std::unique_ptr<Count> first;
  };
  // The counts of a charge, with their buckets locked.
  struct Place;
  class Places;

  // How long until nothing refuses the charge; `wait_for` says it of one window, which has been expired.
  using WaitFor = std::int64_t (*)(const Window& window, const Interval& interval, std::uint32_t max, std::int64_t now);
  [[nodiscard]] static std::int64_t longest_wait(Places& places, const Charge& charge, std::int64_t now,
                                                 WaitFor wait_for) noexcept;
  [[nodiscard]] Verdict attempt(const Charge& charge, std::int64_t now);
  [[nodiscard]] bool prepare(Places& places, const Charge& charge, std::int64_t now);
  [[nodiscard]] bool create(Place& place, const Counter& counter);
  [[nodiscard]] bool make_room(Count& count, const Maxima& maxima, std::int64_t now);
  void add(Count& count, const Maxima& maxima, std::int64_t now) noexcept;
  void list_changed(Count& count) noexcept;
  std::size_t sweep_bucket(Bucket& bucket, std::int64_t now, std::size_t& visits) noexcept;
  // False when that would be more than the bound.
  [[nodiscard]] bool take(std::size_t bytes) noexcept;
  void give_back(std::size_t bytes) noexcept { bytes_.fetch_sub(bytes, std::memory_order_relaxed); }
  [[nodiscard]] Bucket& bucket_of(std::size_t hash) noexcept { return buckets_[hash % buckets_.size()]; }

  const std::size_t max_bytes_;
  const Changes changes_;
  std::vector<Bucket> buckets_;  // never changes its size
  std::atomic<std::size_t> bytes_ = 0;
  std::atomic<Count*> changed_ = nullptr;
  std::atomic<std::size_t> swept_ = 0;  // the bucket that comes next
};

}  // namespace guardian::limits
