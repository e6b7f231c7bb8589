// One connection to a Redis server: connects, authenticates, loads the script, then takes commands and gives their
// answers. Does nothing by itself: its owner polls its descriptor and hands events in. Hides hiredis.
//
// All on one thread, which must not get SIGPIPE.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "guardian/limits/redis_url.h"

struct redisAsyncContext;  // hiredis

namespace guardian::limits {

struct RedisAnswer {
  enum class Kind : std::uint8_t {
    Lost,      // the connection ended first
    Error,     // the server's own words are in text
    Text,      // text
    Integers,  // a list of integers
    Other
  };
  Kind kind = Kind::Lost;
  std::string text;
  std::vector<std::int64_t> integers;
};

class RedisConnection {
 public:
  enum class State : std::uint8_t { Closed, Opening, Ready };
  using OnAnswer = std::function<void(const RedisAnswer&)>;

  explicit RedisConnection(RedisUrl url) : url_(std::move(url)) {}
  ~RedisConnection();
  RedisConnection(const RedisConnection&) = delete;
  RedisConnection& operator=(const RedisConnection&) = delete;

  // Begins to connect; may wait for the resolver where the host is a name. Only when Closed.
  void open();
  // Asks the script about what script_arguments() made: one round trip (two when the server has forgotten the script).
  // `answered` is called exactly once, by open(), handle() or close(), or at once when the connection is not Ready.
  void ask(std::vector<std::string> arguments, OnAnswer answered);
  // Ends it, unless it has ended; all that was asked is Lost. Not from an answer: use give_up() there.
  void close(std::string reason);
  // Ends it soon: at the end of the handle() that is under way.
  void give_up(std::string reason);

  [[nodiscard]] State state() const noexcept { return state_; }
  // Why it is Closed: lower-case, one line, no secret.
  [[nodiscard]] const std::string& reason() const noexcept { return reason_; }

  // What to poll, and what for; -1 when there is nothing.
  [[nodiscard]] int descriptor() const noexcept;
  [[nodiscard]] short wanted_events() const noexcept;
  void handle(short events);

 private:
  struct Hooks;  // what hiredis calls

  void command(std::vector<std::string> words, OnAnswer answered);
  void greet();
  // For an answer to a greeting: gives up when it is an error.
  void expect_success(const RedisAnswer& answer, std::string_view doing);

  RedisUrl url_;
  redisAsyncContext* context_ = nullptr;  // hiredis frees it; then ended() is told
  State state_ = State::Closed;
  bool reading_ = false;
  bool writing_ = false;
  bool giving_up_ = false;
  std::string reason_;
  std::string script_digest_;
  std::deque<OnAnswer> asked_;  // in the order of the commands, which is the order of the answers
};

}  // namespace guardian::limits
