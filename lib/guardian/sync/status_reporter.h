// Tells the gateway how this sidecar is (gateway.md, POST status): after each sync that changed something and every
// five minutes, on a thread of its own, since a gateway that does not answer must not hold up a sync. Best effort: what
// does not arrive is not sent again.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "guardian/net/client.h"
#include "guardian/sync/options.h"

namespace guardian::sync {

class StatusReporter {
 public:
  static constexpr std::chrono::minutes kInterval{5};

  // `health` makes the document, on the reporter's thread. Everything borrowed must outlive it.
  StatusReporter(Options options, std::string sidecar_id, net::HttpClient& client, std::function<std::string()> health);
  // Gives up a post under way.
  ~StatusReporter() = default;
  StatusReporter(const StatusReporter&) = delete;
  StatusReporter& operator=(const StatusReporter&) = delete;

  // Something changed: posts soon. Any thread; returns at once.
  void notify();

 private:
  void run(const std::stop_token& stop);

  Options options_;
  std::string sidecar_id_;
  net::HttpClient& client_;
  std::function<std::string()> health_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  bool changed_ = false;
  std::jthread thread_;  // last: it uses all the others
};

}  // namespace guardian::sync
