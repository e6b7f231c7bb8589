// What is published now, and the requests that wait for what comes next (gateway.md, `Prefer: wait`). A request that is
// held costs a connection and some bytes, no thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

#include "guardian/base/clock.h"
#include "guardian/gateway/published.h"
#include "guardian/net/reply.h"

namespace guardian::gateway {

// A request that may be held.
struct Held {
  net::Reply reply;
  // The response by what is published when it is sent; called once, on any thread, without a lock held.
  std::function<net::Response(const Published&)> respond;

  // Sends it, on the calling thread.
  void answer(const Published& shown) && { std::move(reply).send(respond(shown)); }
};

// Any thread may call. One thread of its own answers the requests whose wait is over.
class Board {
 public:
  // At most `max_held` requests are held at once. `clock` must outlive the board.
  Board(std::shared_ptr<const Published> first, std::size_t max_held, const base::Clock& clock);
  // close().
  ~Board();
  Board(const Board&) = delete;
  Board& operator=(const Board&) = delete;

  [[nodiscard]] std::shared_ptr<const Published> current() const;
  // Keeps the request until there is news or `wait` is over. Gives it back when it must be answered now: `seen` is not
  // current any more, too many are held, or the board is closed. The client may be gone meanwhile; that shows only when
  // it is answered.
  [[nodiscard]] std::optional<Held> hold(const std::shared_ptr<const Published>& seen, Held held,
                                         std::chrono::seconds wait);
  // Makes it current, and has all that are held answered with it at once, on the server's threads.
  void publish(std::shared_ptr<const Published> next);
  // Answers all that are held with what is current, before it returns, and holds no more. For the end: a server waits
  // for the replies it is owed. Idempotent.
  void close();

  [[nodiscard]] std::size_t held() const;

 private:
  using Waiting = std::multimap<std::chrono::nanoseconds, Held>;  // by when the wait is over, monotonic

  void run(const std::stop_token& stop);
  [[nodiscard]] Waiting take_due();

  const std::size_t max_held_;
  const base::Clock& clock_;
  mutable std::mutex mutex_;  // of what follows
  std::condition_variable_any changed_;
  std::shared_ptr<const Published> current_;
  Waiting waiting_;
  std::uint64_t arrivals_ = 0;
  bool closed_ = false;
  std::jthread timer_;  // last: it runs while the rest is there
};

}  // namespace guardian::gateway
