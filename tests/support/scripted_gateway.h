// A gateway that answers what a test tells it to, and keeps what it was asked.
#pragma once

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "guardian/net/client.h"

namespace guardian::test {

class ScriptedGateway final : public net::HttpClient {
 public:
  // Answers are given in this order; when none is left the network is down.
  ScriptedGateway& answers(int status, std::string body = {}, std::string etag = {}) {
    net::Answer answer;
    answer.status = status;
    answer.body = std::move(body);
    if (!etag.empty()) answer.headers.add("ETag", std::move(etag));
    script_.emplace_back(std::move(answer));
    return *this;
  }
  ScriptedGateway& is_away() {
    script_.emplace_back(base::Error(base::ErrorCode::Network, "connection refused"));
    return *this;
  }

  [[nodiscard]] base::Result<net::Answer> send(const net::Call& call) override {
    calls_.push_back(call);
    if (script_.empty()) return base::Error(base::ErrorCode::Network, "connection refused");
    auto answer = std::move(script_.front());
    script_.pop_front();
    return answer;
  }

  [[nodiscard]] const std::vector<net::Call>& calls() const noexcept { return calls_; }

 private:
  std::deque<base::Result<net::Answer>> script_;
  std::vector<net::Call> calls_;
};

}  // namespace guardian::test
