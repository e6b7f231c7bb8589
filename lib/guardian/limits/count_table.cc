#include "guardian/limits/count_table.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace guardian::limits {

namespace {

constexpr std::size_t kMinBuckets = 64;
constexpr std::size_t kMaxBuckets = 65'536;
constexpr std::size_t kBytesPerBucket = 4'096;  // of the bound
// Looked at when a count is made, so that those that are empty go before memory is short; and when it is.
constexpr std::size_t kVisitsWhenMaking = 4;
constexpr std::size_t kVisitsWhenFull = 512;
constexpr int kTriesWhenFull = 2;

std::size_t hash_of(const Names& names) noexcept {
  constexpr std::size_t kOdd = 0x9E37'79B9'7F4A'7C15;
  const std::hash<std::string_view> hash;
  std::size_t mixed = hash(names.agent);
  mixed = std::rotl(mixed * kOdd, 29) ^ hash(names.policy);
  mixed = std::rotl(mixed * kOdd, 31) ^ hash(names.rule);
  return mixed ^ (mixed >> 32U);
}

std::size_t buckets_for(std::size_t max_bytes) noexcept {
  return std::clamp(std::bit_floor(max_bytes / kBytesPerBucket), kMinBuckets, kMaxBuckets);
}

Verdict refused_for(std::int64_t wait_micros) noexcept { return {Verdict::Kind::Refused, (wait_micros + 999) / 1000}; }

}  // namespace

struct CountTable::Place {
  Bucket* bucket = nullptr;
  Count* count = nullptr;
  std::size_t hash = 0;
  bool made = false;  // by this charge
};

// Finds the counts of a charge and holds their buckets' locks, taken in the order of the buckets.
class CountTable::Places {
 public:
  Places(CountTable& table, const Charge& charge) : size_(charge.used().size()) {
    for (std::size_t i = 0; i < size_; ++i) {
      places_[i].hash = hash_of(names_of(charge.counters[i]));
      places_[i].bucket = &table.bucket_of(places_[i].hash);
    }
    Bucket* low = places_[0].bucket;
    Bucket* high = size_ > 1 ? places_[1].bucket : low;
    if (low > high) std::swap(low, high);
    first_ = std::unique_lock(low->lock);
    if (high != low) second_ = std::unique_lock(high->lock);
    for (std::size_t i = 0; i < size_; ++i) find(places_[i], names_of(charge.counters[i]));
  }
  [[nodiscard]] std::span<Place> used() noexcept { return std::span(places_).first(size_); }

 private:
  static void find(Place& place, const Names& names) noexcept {
    Count* count = place.bucket->first.get();
    while (count != nullptr && !count->is(names, place.hash)) count = count->next.get();
    place.count = count;
  }

  std::array<Place, 2> places_;
  std::size_t size_;
  std::unique_lock<std::mutex> first_;
  std::unique_lock<std::mutex> second_;
};

CountTable::CountTable(std::size_t max_bytes, Changes changes)
    : max_bytes_(max_bytes), changes_(changes), buckets_(buckets_for(max_bytes)) {
  bytes_ = buckets_.size() * sizeof(Bucket);
}

CountTable::~CountTable() {
  // One after the other: destroying a long chain from its head would recurse.
  for (Bucket& bucket : buckets_) {
    while (bucket.first != nullptr) bucket.first = std::move(bucket.first->next);
  }
}

bool CountTable::take(std::size_t bytes) noexcept {
  if (bytes_.fetch_add(bytes, std::memory_order_relaxed) + bytes <= max_bytes_) return true;
  give_back(bytes);
  return false;
}

Verdict CountTable::charge(const Charge& charge, std::int64_t now) noexcept {
  Verdict verdict = attempt(charge, now);
  for (int i = 0; verdict.kind == Verdict::Kind::Full && i < kTriesWhenFull; ++i) {
    if (sweep(kVisitsWhenFull, now) > 0) verdict = attempt(charge, now);
  }
  return verdict;
}

std::int64_t CountTable::longest_wait(Places& places, const Charge& charge, std::int64_t now,
                                      WaitFor wait_for) noexcept {
  std::int64_t longest = 0;
  for (std::size_t i = 0; i < charge.used().size(); ++i) {
    Count* const count = places.used()[i].count;
    if (count == nullptr) continue;
    const auto maxima = in_order(charge.counters[i].maxima);
    for (std::size_t w = 0; w < kIntervalCount; ++w) {
      if (maxima[w] == 0) continue;
      count->windows[w].expire(now, kIntervals[w]);
      longest = std::max(longest, wait_for(count->windows[w], kIntervals[w], maxima[w], now));
    }
  }
  return longest;
}

Verdict CountTable::attempt(const Charge& charge, std::int64_t now) {
  constexpr WaitFor kWait = [](const Window& window, const Interval& interval, std::uint32_t max, std::int64_t at) {
    return window.wait(at, interval, max);
  };
  bool made = false;
  {
    Places places(*this, charge);
    if (const auto wait = longest_wait(places, charge, now, kWait); wait > 0) return refused_for(wait);
    if (!prepare(places, charge, now)) return {Verdict::Kind::Full, 0};
    for (std::size_t i = 0; i < charge.used().size(); ++i) {
      add(*places.used()[i].count, charge.counters[i].maxima, now);
      made = made || places.used()[i].made;
    }
  }
  if (made) sweep(kVisitsWhenMaking, now);
  return {};
}

Verdict CountTable::record(const Charge& charge, std::int64_t now) noexcept {
  constexpr WaitFor kWaitWhereSure = [](const Window& window, const Interval& interval, std::uint32_t max,
                                        std::int64_t at) {
    const bool surely = window.total_since(at - interval.length / 100 * 98) >= max;
    return surely ? window.wait(at, interval, max) : 0;
  };
  Places places(*this, charge);
  if (const auto wait = longest_wait(places, charge, now, kWaitWhereSure); wait > 0) return refused_for(wait);
  if (!prepare(places, charge, now)) return {};
  for (std::size_t i = 0; i < charge.used().size(); ++i) {
    add(*places.used()[i].count, charge.counters[i].maxima, now);
  }
  return {};
}

// A place for each count of the charge and room in its windows, or what was made goes again and it is false.
bool CountTable::prepare(Places& places, const Charge& charge, std::int64_t now) {
  bool fits = true;
  for (std::size_t i = 0; fits && i < charge.used().size(); ++i) {
    Place& place = places.used()[i];
    fits = (place.count != nullptr || create(place, charge.counters[i])) &&
           make_room(*place.count, charge.counters[i].maxima, now);
  }
  if (fits) return true;
  const auto used = places.used();
  for (std::size_t i = used.size(); i-- > 0;) {  // the last one made is the first of its bucket
    if (!used[i].made) continue;
    give_back(used[i].count->bytes());
    used[i].bucket->first = std::move(used[i].count->next);
  }
  return false;
}

bool CountTable::create(Place& place, const Counter& counter) {
  const Names names = names_of(counter);
  if (names.policy.size() + names.rule.size() + names.agent.size() > kMaxNamesBytes) return false;
  if (!take(Count::bytes_of(names))) return false;
  auto count = std::make_unique<Count>(names, place.hash);
  count->next = std::move(place.bucket->first);
  place.bucket->first = std::move(count);
  place.count = place.bucket->first.get();
  place.made = true;
  return true;
}

bool CountTable::make_room(Count& count, const Maxima& maxima, std::int64_t now) {
  const auto limits = in_order(maxima);
  for (std::size_t i = 0; i < kIntervalCount; ++i) {
    if (limits[i] == 0) continue;
    Window& window = count.windows[i];
    window.expire(now, kIntervals[i]);
    const std::size_t capacity = window.wants_capacity(now, kIntervals[i]);
    if (capacity == 0) continue;
    if (!take(Count::bytes_of_entries(capacity))) return false;
    give_back(Count::bytes_of_entries(window.capacity()));
    window.set_capacity(capacity);
  }
  return true;
}

void CountTable::add(Count& count, const Maxima& maxima, std::int64_t now) noexcept {
  const auto limits = in_order(maxima);
  for (std::size_t i = 0; i < kIntervalCount; ++i) {
    if (limits[i] != 0) count.windows[i].add(now, kIntervals[i]);
  }
  list_changed(count);
}

void CountTable::list_changed(Count& count) noexcept {
  if (changes_ == Changes::Forgotten || count.changed) return;
  count.changed = true;
  Count* head = changed_.load(std::memory_order_relaxed);
  do {
    count.next_changed = head;
  } while (!changed_.compare_exchange_weak(head, &count, std::memory_order_release, std::memory_order_relaxed));
}

void CountTable::drain_changes(const Visitor& visit) {
  Count* count = changed_.exchange(nullptr, std::memory_order_acquire);
  while (count != nullptr) {
    // Read before `changed` is taken back: from then on the count may be listed again, or go.
    Count* const next = count->next_changed;
    const std::lock_guard lock(bucket_of(count->hash()).lock);
    visit(*count);
    count->changed = false;
    count = next;
  }
}

void CountTable::visit_bucket(std::size_t bucket, std::int64_t now, const Visitor& visit) {
  std::size_t visits = SIZE_MAX;
  const std::lock_guard lock(buckets_[bucket].lock);
  sweep_bucket(buckets_[bucket], now, visits);
  for (Count* count = buckets_[bucket].first.get(); count != nullptr; count = count->next.get()) visit(*count);
}

bool CountTable::restore(const Names& names,
                         const std::array<std::span<const Window::Entry>, kIntervalCount>& entries) {
  Charge charge;
  charge.size = 1;
  charge.counters[0] = {names.policy, names.rule, names.agent, {}};
  Places places(*this, charge);
  Place& place = places.used()[0];
  if (bytes() > max_bytes_) return false;
  if (place.count == nullptr && !create(place, charge.counters[0])) return false;
  const std::size_t before = place.count->bytes();
  for (std::size_t i = 0; i < kIntervalCount; ++i) {
    for (const Window::Entry& entry : entries[i]) place.count->windows[i].restore(entry, kIntervals[i]);
  }
  // May pass the bound by the entries of this one count.
  bytes_.fetch_add(place.count->bytes() - before, std::memory_order_relaxed);
  return true;
}

void CountTable::settle(std::int64_t now) {
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    visit_bucket(i, now, [now](Count& count) {
      for (std::size_t w = 0; w < kIntervalCount; ++w) count.windows[w].pull_back_to(now, kIntervals[w]);
    });
  }
}

std::size_t CountTable::sweep(std::size_t visits, std::int64_t now) noexcept {
  std::size_t freed = 0;
  // Empty buckets are looked at too, but not for ever.
  for (std::size_t looked = 0; visits > 0 && looked < 4 * kVisitsWhenFull; ++looked) {
    Bucket& bucket = buckets_[swept_.fetch_add(1, std::memory_order_relaxed) % buckets_.size()];
    // One that is busy has its turn next time round.
    const std::unique_lock lock(bucket.lock, std::try_to_lock);
    --visits;
    if (lock.owns_lock()) freed += sweep_bucket(bucket, now, visits);
  }
  return freed;
}

std::size_t CountTable::sweep_bucket(Bucket& bucket, std::int64_t now, std::size_t& visits) noexcept {
  std::size_t freed = 0;
  std::unique_ptr<Count>* place = &bucket.first;
  while (*place != nullptr) {
    Count& count = **place;
    if (visits > 0) --visits;
    const std::size_t before = count.bytes();
    if (count.expire(now) && !count.changed) {
      freed += before;
      *place = std::move(count.next);
      continue;
    }
    for (Window& window : count.windows) {
      if (window.empty() && window.capacity() > 0) window.set_capacity(0);
    }
    freed += before - count.bytes();
    place = &count.next;
  }
  give_back(freed);
  return freed;
}

}  // namespace guardian::limits
