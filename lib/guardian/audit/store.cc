#include "guardian/audit/store.h"

#include <algorithm>
#include <future>
#include <new>
#include <utility>

#include "guardian/audit/event_line.h"

namespace guardian::audit {

namespace {

using base::LogLevel;

constexpr std::chrono::milliseconds kAsyncDelay{50};
constexpr std::size_t kMaxAsyncBytes = std::size_t{8} << 20;  // queued; past it events are not recorded
// Past it nobody waits for a flush. A write costs an eighth then; more would let clients idle while their answers wait.
constexpr std::size_t kMaxWaiting = 8;
constexpr std::size_t kMaxGroupBytes = std::size_t{256} << 10;  // written in one call
constexpr std::chrono::seconds kMaintenance{1};

base::Status read_back(const Trail& trail) {
  auto line = trail.read_newest();
  if (!line) return std::move(line).error();
  const auto event = read_event_line(*line);
  const bool whole = event && event->seq == trail.head().last_seq && event->hash == trail.head().last_hash;
  if (!whole || !LineHasher().holds(*event)) {
    return base::Error(base::ErrorCode::Io, "the audit store does not give back what was written to it");
  }
  return {};
}

}  // namespace

base::Result<std::unique_ptr<Store>> Store::open(StoreOptions options, const base::Clock& clock,
                                                 const base::Logger& logger, Draft started) {
  GUARDIAN_ASSIGN(auto opened, Trail::open(options, clock));
  if (opened.cut_bytes != 0) {
    logger.log(LogLevel::Warn, "audit_tail_cut",
               {{"bytes", std::to_string(opened.cut_bytes)}, {"action", "going_on_behind_the_last_whole_event"}});
  }
  if (!opened.damage.empty()) {
    logger.log(LogLevel::Error, "audit_chain_broken",
               {{"reason", opened.damage}, {"action", "going_on_in_a_new_segment"}});
  }
  const Draft* const first = &started;
  const bool written = opened.trail->write({&first, 1});
  if (!written && options.when_full == WhenFull::Deny) {
    return base::Error(base::ErrorCode::Io, opened.trail->problem());
  }
  if (written) GUARDIAN_TRY(read_back(*opened.trail));
  std::unique_ptr<Store> store(new Store(std::move(options), std::move(opened.trail), logger));
  store->damage_ = std::move(opened.damage);
  return store;
}

Store::Store(StoreOptions options, std::unique_ptr<Trail> trail, const base::Logger& logger)
    : options_(std::move(options)), logger_(logger), trail_(std::move(trail)) {
  appended_ = trail_->problem().empty() ? 1 : 0;
  publish_state();
  keeper_ = std::jthread([this](const std::stop_token& stop) { keep(stop); });
}

Store::~Store() {
  keeper_.request_stop();
  keeper_.join();
  run_task([](Trail& trail) { trail.close(); });
}

void Store::append(std::vector<Draft> events, Done done) {
  std::size_t bytes = 0;
  for (const Draft& event : events) bytes += event.bytes();
  if (options_.durability == Durability::Async) return append_async(std::move(events), bytes, done);
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back({std::move(events), std::move(done), {}});
    queued_bytes_ += bytes;
    const bool waits = options_.awaits_flush && queue_.size() < kMaxWaiting;
    if (waits || leading_) return;
    leading_ = true;
  }
  lead();
}

// What is told before it is written has to have a place to wait in; the keeper writes it.
void Store::append_async(std::vector<Draft> events, std::size_t bytes, const Done& done) {
  const std::size_t count = events.size();
  bool is_queued = false;
  {
    const std::lock_guard lock(mutex_);
    is_queued = writable_ && queued_bytes_ + bytes <= kMaxAsyncBytes;
    if (is_queued) {
      queue_.push_back({std::move(events), {}, {}});
      queued_bytes_ += bytes;
    }
  }
  if (!is_queued) not_queued_ += count;
  done(is_queued);
}

void Store::flush() {
  {
    const std::lock_guard lock(mutex_);
    if (queue_.empty() || leading_) return;
    leading_ = true;
  }
  lead();
}

bool Store::append_now(Draft event) {
  std::promise<bool> recorded;
  auto result = recorded.get_future();
  std::vector<Draft> events;
  events.push_back(std::move(event));
  submit({std::move(events), [&recorded](bool is) { recorded.set_value(is); }, {}});
  return result.get();
}

void Store::tell_cleared() {
  run_task([](Trail& trail) { trail.tell_cleared(); });
}

void Store::submit(Job job) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(job));
    if (leading_) return;
    leading_ = true;
  }
  lead();
}

void Store::run_task(std::function<void(Trail&)> task) {
  std::promise<void> done;
  auto waited = done.get_future();
  submit({{}, {}, [&](Trail& trail) {
            task(trail);
            done.set_value();
          }});
  waited.get();
}

void Store::lead() {
  std::vector<Job> jobs;
  while (true) {
    {
      const std::lock_guard lock(mutex_);
      if (queue_.empty()) {
        leading_ = false;
        return;
      }
      jobs.clear();
      jobs.swap(queue_);
      queued_bytes_ = 0;
    }
    do_jobs(jobs);
  }
}

void Store::do_jobs(std::vector<Job>& jobs) {
  const std::span<Job> all(jobs);
  std::size_t begin = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!all[i].task) continue;
    write_together(all.subspan(begin, i - begin));
    all[i].task(*trail_);
    publish_state();
    begin = i + 1;
  }
  write_together(all.subspan(begin));
}

// In groups, so that what one job is too large for does not fall on the others.
void Store::write_together(std::span<Job> jobs) {
  std::size_t begin = 0;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    std::size_t own = 0;
    for (const Draft& draft : jobs[i].events) own += draft.bytes();
    if (bytes != 0 && bytes + own > kMaxGroupBytes) {
      write_group(jobs.subspan(begin, i - begin));
      begin = i;
      bytes = 0;
    }
    bytes += own;
  }
  write_group(jobs.subspan(begin));
}

void Store::write_group(std::span<Job> jobs) {
  drafts_.clear();
  bool urgent = false;
  for (const Job& job : jobs) {
    for (const Draft& draft : job.events) {
      drafts_.push_back(&draft);
      urgent = urgent || draft.urgent();
    }
  }
  if (drafts_.empty()) return;
  bool recorded = false;
  try {
    recorded = trail_->write(drafts_);
  } catch (const std::bad_alloc&) {
    // Whoever waits must be told.
  }
  if (recorded) appended_ += drafts_.size();
  const bool changed = writable_ != recorded;
  if (changed || dropped_ != trail_->dropped() || generation_ != trail_->generation()) publish_state();
  last_seq_ = trail_->head().last_seq;
  bytes_ = trail_->bytes();
  if (urgent && recorded) {
    {
      const std::lock_guard lock(state_mutex_);
      urgent_seq_ = last_seq_.load();
    }
    urgent_.notify_all();
  }
  for (Job& job : jobs) {
    if (job.done) job.done(recorded);
  }
}

void Store::publish_state() {
  writable_ = trail_->writable();
  if (generation_ != trail_->generation()) {
    // What was urgent is gone, and its seq means another event.
    const std::lock_guard lock(state_mutex_);
    urgent_seq_ = 0;
  }
  last_seq_ = trail_->head().last_seq;
  forwarded_ = trail_->head().forwarded;
  first_seq_ = trail_->head().first_seq;
  generation_ = trail_->generation();
  dropped_ = trail_->dropped();
  bytes_ = trail_->bytes();
  tell(trail_->problem());
}

void Store::tell(std::string problem) {
  const bool denies = options_.when_full == WhenFull::Deny;
  bool began = false;
  bool ended = false;
  {
    const std::lock_guard lock(state_mutex_);
    began = problem_.empty() && !problem.empty();
    ended = !problem_.empty() && problem.empty();
    problem_ = problem;
  }
  if (began) {
    logger_.log(LogLevel::Error, "audit_not_recorded",
                {{"reason", problem}, {"action", denies ? "denying_until_there_is_room" : "counting_and_trying_on"}});
  }
  if (ended) logger_.log(LogLevel::Info, "audit_recovered", {{"action", "recording"}});
}

void Store::keep(const std::stop_token& stop) {
  const bool async = options_.durability == Durability::Async;
  const std::chrono::milliseconds wait = async ? kAsyncDelay : std::chrono::milliseconds(kMaintenance);
  std::chrono::milliseconds since{0};
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(state_mutex_);
      stop_.wait_for(lock, stop, wait, [] { return false; });
    }
    since += wait;
    const bool due = since >= kMaintenance;
    if (due) since = {};
    run_task([this, due](Trail& trail) {
      trail.count_unwritten(not_queued_.exchange(0));
      if (due) trail.maintain();
    });
  }
}

StoreState Store::state() const {
  StoreState state;
  state.appended = appended_;
  state.dropped = dropped_ + refused_;
  state.bytes = bytes_;
  const std::uint64_t last = last_seq_;
  // What was pushed out does not wait any more.
  const std::uint64_t sent = std::max(forwarded_.load(), first_seq_ - 1);
  if (options_.forwards && last > sent) state.pending = last - sent;
  const std::lock_guard lock(state_mutex_);
  state.problem = problem_;
  if (state.problem.empty() && !damage_.empty()) state.problem = "the audit trail was found damaged: " + damage_;
  return state;
}

base::Status Store::acknowledge(std::uint64_t seq, std::uint64_t generation) {
  base::Status status;
  run_task([&](Trail& trail) {
    if (trail.generation() == generation) status = trail.acknowledge(seq);
  });
  return status;
}

bool Store::wait_for_urgent(std::stop_token stop, std::chrono::milliseconds timeout) {
  std::unique_lock lock(state_mutex_);
  return urgent_.wait_for(lock, stop, timeout, [this] { return urgent_seq_ > forwarded_; });
}

}  // namespace guardian::audit
