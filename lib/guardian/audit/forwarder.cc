#include "guardian/audit/forwarder.h"

#include <utility>

#include "guardian/base/random.h"
#include "guardian/net/gzip.h"
#include "guardian/net/retry.h"

namespace guardian::audit {

namespace {

// How late an event may be that is not urgent, so that many go together.
constexpr std::chrono::milliseconds kGathering{1'000};
constexpr std::chrono::hours kPause{1};

}  // namespace

Forwarding::Forwarding(Backlog& backlog, net::HttpClient& client, ForwarderOptions options)
    : backlog_(backlog),
      client_(client),
      options_(std::move(options)),
      reader_(backlog.directory(), options_.sidecar_id) {}

Forwarding::Next Forwarding::turn(const std::stop_token& stop) {
  follow_chain(backlog_.generation());
  const std::uint64_t forwarded = backlog_.forwarded();
  const std::uint64_t last = backlog_.last_seq();
  if (last <= forwarded) return {Next::Then::Idle, kGathering};
  auto batch = next_batch(forwarded, last);
  if (!batch) return fail_for_now(std::move(batch).error().within("reading events to forward").message());
  if (batch->events == 0) {
    // What is written last is not whole yet.
    if (batch->through == forwarded) return {Next::Then::Wait, kGathering};
    return settle(*batch, 0, {});
  }
  const auto answer = post(std::exchange(batch->body, {}), stop);
  return act_on(read_delivery(answer, batch->events), *batch);
}

void Forwarding::follow_chain(std::uint64_t generation) {
  if (std::exchange(generation_, generation) == generation) return;
  alone_through_ = 0;
  reader_.begin_anew();
}

base::Result<Batch> Forwarding::next_batch(std::uint64_t forwarded, std::uint64_t last) {
  return reader_.read(forwarded, last, forwarded < alone_through_ ? 1 : kMaxBatchEvents);
}

base::Result<net::Answer> Forwarding::post(std::string body, const std::stop_token& stop) {
  GUARDIAN_ASSIGN(std::string compressed, net::gzip(body));
  body = {};
  net::Call call = options_.call(std::move(compressed));
  call.stop = stop;
  return client_.send(call);
}

Forwarding::Next Forwarding::act_on(const Delivery& delivery, const Batch& batch) {
  switch (delivery.what) {
    case Delivered::Stored:
      return settle(batch, delivery.rejected, delivery.problem);
    case Delivered::BatchRefused:
      if (batch.events == 1) return settle(batch, 1, delivery.problem);
      alone_through_ = batch.through;
      return {Next::Then::AtOnce, {}};
    case Delivered::TakesNone:
      return hold(delivery.problem, true);
    case Delivered::TryAtInterval:
      return hold(delivery.problem, false);
    case Delivered::TrySoon:
      break;
  }
  return fail_for_now(delivery.problem, delivery.retry_after);
}

Forwarding::Next Forwarding::settle(const Batch& batch, std::uint64_t rejected, const std::string& rejection) {
  failures_ = 0;
  const auto kept = backlog_.acknowledge(batch.through, generation_);
  if (rejected != 0) backlog_.count_refused(rejected);
  {
    const base::MutexLock lock(mutex_);
    state_.problem = kept ? std::string() : "keeping what was forwarded: " + kept.error().message();
    state_.held = state_.paused = false;
    state_.rejected += rejected;
    if (rejected != 0) state_.rejection = rejection;
    state_.damaged += batch.damaged;
  }
  if (batch.events != 0 && !std::exchange(told_, {}).empty()) notify({ForwardingNotice::What::GoingOn, {}});
  count_rejected(batch, rejected, rejection);
  if (!kept) return {Next::Then::Wait, kGathering};
  const bool more = batch.full || batch.through < alone_through_;
  return more ? Next{Next::Then::AtOnce, {}} : Next{Next::Then::Idle, kGathering};
}

Forwarding::Next Forwarding::fail_for_now(std::string problem, std::optional<std::chrono::seconds> retry_after) {
  ++failures_;
  {
    const base::MutexLock lock(mutex_);
    state_.problem = std::move(problem);
    state_.held = state_.paused = false;
  }
  return {Next::Then::Wait, net::retry_wait(retry_after, failures_, options_.interval, base::random_fraction())};
}

Forwarding::Next Forwarding::hold(const std::string& problem, bool paused) {
  failures_ = 0;
  {
    const base::MutexLock lock(mutex_);
    state_.problem = problem;
    state_.held = true;
    state_.paused = paused;
  }
  if (told_ != problem) {
    told_ = problem;
    notify({ForwardingNotice::What::Held, problem, paused});
  }
  return {Next::Then::Pause, paused ? std::chrono::milliseconds(kPause) : options_.interval};
}

// The events of a batch that was refused come here one by one, and are told of together.
void Forwarding::count_rejected(const Batch& batch, std::uint64_t rejected, const std::string& rejection) {
  rejections_.rejected += rejected;
  if (rejected != 0) rejections_.reason = rejection;
  if (rejections_.rejected == 0 || batch.through < alone_through_) return;
  notify(rejections_);
  rejections_.rejected = 0;
}

void Forwarding::notify(const ForwardingNotice& notice) const {
  if (options_.notice) options_.notice(notice);
}

ForwardingState Forwarding::state() const {
  const base::MutexLock lock(mutex_);
  return state_;
}

Forwarder::Forwarder(Backlog& backlog, net::HttpClient& client, ForwarderOptions options)
    : backlog_(backlog),
      forwarding_(backlog, client, std::move(options)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void Forwarder::stop(std::chrono::milliseconds grace) {
  {
    std::unique_lock lock(mutex_);
    flush_.request_stop();
    changed_.notify_all();
    changed_.wait_for(lock, grace, [this] { return ended_; });
  }
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void Forwarder::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const Forwarding::Next next = forwarding_.turn(stop);
    wait_before(next, stop);
    if (!flush_.stop_requested()) continue;
    const bool all_sent = next.then == Forwarding::Next::Then::Idle && backlog_.last_seq() <= backlog_.forwarded();
    if (all_sent || next.then == Forwarding::Next::Then::Pause) break;
  }
  const std::lock_guard lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

// The beginning of the flush ends every wait; during it there is one after a failure only.
void Forwarder::wait_before(const Forwarding::Next& next, const std::stop_token& stop) {
  if (next.then == Forwarding::Next::Then::AtOnce) return;
  if (next.then == Forwarding::Next::Then::Idle) {
    static_cast<void>(backlog_.wait_for_urgent(flush_.get_token(), next.wait));
    return;
  }
  std::unique_lock lock(mutex_);
  const bool flushing = flush_.stop_requested();
  if (flushing && next.then == Forwarding::Next::Then::Pause) return;
  changed_.wait_for(lock, stop, next.wait, [&] { return !flushing && flush_.stop_requested(); });
}

}  // namespace guardian::audit
