// The way back to one client: what a route is given that answers later than it returns. Move-only; used once, from any
// thread.
#pragma once

#include <functional>
#include <utility>

#include "guardian/net/http.h"

namespace guardian::net {

class Reply {
 public:
  using Job = std::function<void()>;

  // `send` takes the response to the client, `run` a job to a thread of the server's; without it jobs run at once.
  explicit Reply(
      std::function<void(Response)> send, std::function<void(Job)> run = [](const Job& job) { job(); })
      : send_(std::move(send)), run_(std::move(run)) {}
  Reply(Reply&& other) noexcept : send_(std::exchange(other.send_, nullptr)), run_(std::move(other.run_)) {}
  Reply& operator=(Reply&&) = delete;
  // A request that nobody answered is an error of ours: 500 `internal`.
  ~Reply() {
    if (send_) send_(error_response(500, "internal", "internal error"));
  }

  // Goes on with the request on a thread of the server's, for a caller whose own thread must not be held up. A server
  // that is being stopped may drop the job: whatever it holds is then destroyed, this reply too if the job holds it.
  void resume(Job job) const { run_(std::move(job)); }

  void send(Response response) && { std::exchange(send_, nullptr)(std::move(response)); }

 private:
  std::function<void(Response)> send_;
  std::function<void(Job)> run_;
};

}  // namespace guardian::net
