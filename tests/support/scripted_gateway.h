// A gateway that answers what a test tells it to, and keeps what it was asked.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "guardian/net/client.h"

namespace guardian::test {

class ScriptedGateway final : public net::HttpClient {
 public:
  // Has this trust root, by its version; the newest is the current one. Without any all trust roots are a 404.
  ScriptedGateway& has_root(std::uint64_t version, std::string bytes) {
    roots_[version] = std::move(bytes);
    return *this;
  }
  ScriptedGateway& loses_root(std::uint64_t version) {
    roots_.erase(version);
    return *this;
  }
  // What stands instead of an answer to any question for a trust root.
  ScriptedGateway& roots_answer(int status) {
    roots_status_ = status;
    return *this;
  }

  // Answers to all else are given in this order; when none is left the network is down.
  ScriptedGateway& answers(int status, std::string body = {}, std::string etag = {}) {
    net::Answer answer;
    answer.status = status;
    answer.body = std::move(body);
    if (!etag.empty()) answer.headers.add("ETag", std::move(etag));
    script_.push_back({std::move(answer), {}});
    return *this;
  }
  ScriptedGateway& is_away() {
    script_.push_back({base::Error(base::ErrorCode::Network, "connection refused"), {}});
    return *this;
  }
  // The last answer so far says that it was held; `meanwhile` runs before it is given.
  ScriptedGateway& held(std::function<void()> meanwhile = {}) {
    script_.back().answer->headers.add("Preference-Applied", "wait=30");
    script_.back().meanwhile = std::move(meanwhile);
    return *this;
  }

  [[nodiscard]] base::Result<net::Answer> send(const net::Call& call) override {
    if (const auto at = call.url.find("/trust-root"); at != std::string::npos) return root_answer(call.url.substr(at));
    calls_.push_back(call);
    if (script_.empty()) return base::Error(base::ErrorCode::Network, "connection refused");
    Step step = std::move(script_.front());
    script_.pop_front();
    if (step.meanwhile) step.meanwhile();
    return std::move(step.answer);
  }

  // But for those about trust roots.
  [[nodiscard]] const std::vector<net::Call>& calls() const noexcept { return calls_; }
  [[nodiscard]] std::size_t root_calls() const noexcept { return root_calls_; }

 private:
  struct Step {
    base::Result<net::Answer> answer;
    std::function<void()> meanwhile;
  };

  net::Answer root_answer(std::string_view path) {
    ++root_calls_;
    net::Answer answer;
    answer.status = roots_status_;
    if (roots_status_ != 200) return answer;
    constexpr std::string_view kPrefix = "/trust-root/";
    auto found = roots_.empty() ? roots_.end() : std::prev(roots_.end());
    if (path.starts_with(kPrefix)) found = roots_.find(std::stoull(std::string(path.substr(kPrefix.size()))));
    answer.status = found == roots_.end() ? 404 : 200;
    if (found != roots_.end()) answer.body = found->second;
    return answer;
  }

  std::map<std::uint64_t, std::string> roots_;
  int roots_status_ = 200;
  std::size_t root_calls_ = 0;
  std::deque<Step> script_;
  std::vector<net::Call> calls_;
};

}  // namespace guardian::test
