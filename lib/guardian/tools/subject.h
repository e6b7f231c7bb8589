// The sidecar that a drill is about: a real `guardian serve`, and what it says of itself over HTTP.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/base/result.h"
#include "guardian/net/client.h"
#include "guardian/tools/child.h"

namespace guardian::tools {

struct HealthSeen {
  int http_status = 0;
  std::string status;   // `healthy`, `degraded`, `unhealthy`
  std::string version;  // of the bundle in force; empty: none
  bool gateway_reachable = false;
  bool last_sync_success = false;
  std::string last_sync_error;
  std::vector<std::string> problems;

  // Whether a problem holds that text.
  [[nodiscard]] bool names(std::string_view text) const;
  // For errors: `degraded, version 3, problems: ...`.
  [[nodiscard]] std::string text() const;
};

// What POST /admin/sync answered.
struct SyncSeen {
  std::string outcome;  // `applied`, `unchanged`, `refused`, `failed`
  std::string active;   // version; empty: none
  std::string code;     // of the refusal
  std::string error;

  [[nodiscard]] std::string text() const;
};

// Every question ends within ten seconds, as an error. One thread.
class Subject {
 public:
  Subject(Child process, std::uint16_t port, std::string admin_token);

  [[nodiscard]] base::Result<HealthSeen> health();
  // The decision on an action of the agent: `allow drill/allow-reads under <version>`.
  [[nodiscard]] base::Result<std::string> decide(std::string_view action, std::string_view agent);
  // Whether the agent may do that.
  [[nodiscard]] base::Result<bool> allows(std::string_view action);
  // The decisions on a fixed set of requests, to be compared as a whole.
  [[nodiscard]] base::Result<std::string> decisions();
  // One sync at once.
  [[nodiscard]] base::Result<SyncSeen> sync();

  [[nodiscard]] Child& process() noexcept { return process_; }

 private:
  [[nodiscard]] base::Result<net::Answer> ask(std::string method, std::string path, std::string body);

  Child process_;
  std::string base_url_;
  std::string admin_token_;
  std::unique_ptr<net::HttpClient> client_;
};

}  // namespace guardian::tools
