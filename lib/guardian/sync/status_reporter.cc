#include "guardian/sync/status_reporter.h"

#include <utility>

#include "guardian/sync/gateway_request.h"

namespace guardian::sync {

StatusReporter::StatusReporter(Options options, std::string sidecar_id, net::HttpClient& client,
                               std::function<std::string()> health)
    : options_(std::move(options)),
      sidecar_id_(std::move(sidecar_id)),
      client_(client),
      health_(std::move(health)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void StatusReporter::notify() {
  {
    const std::lock_guard lock(mutex_);
    changed_ = true;
  }
  wake_.notify_one();
}

void StatusReporter::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait_for(lock, stop, kInterval, [this] { return changed_; });
    if (stop.stop_requested()) return;
    changed_ = false;
    lock.unlock();
    net::Call call = status_call(options_, sidecar_id_, health_());
    call.stop = stop;
    // Whatever the answer is, there is nothing to be done about it here.
    static_cast<void>(client_.send(call));
    lock.lock();
  }
}

}  // namespace guardian::sync
