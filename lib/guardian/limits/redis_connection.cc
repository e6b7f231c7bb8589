#include "guardian/limits/redis_connection.h"

#include <hiredis/async.h>
#include <hiredis/hiredis.h>
#include <poll.h>
#include <sys/socket.h>

#include <utility>

#include "guardian/base/text.h"
#include "guardian/limits/redis_script.h"

namespace guardian::limits {

namespace {

std::string in_our_words(std::string_view text) {
  return text.empty() ? "connection lost" : base::to_lower(base::printable(text));
}

RedisAnswer read_answer(const redisReply* reply) {
  RedisAnswer answer;
  if (reply == nullptr) return answer;
  answer.kind = RedisAnswer::Kind::Other;
  if (reply->type == REDIS_REPLY_ERROR || reply->type == REDIS_REPLY_STRING || reply->type == REDIS_REPLY_STATUS) {
    answer.kind = reply->type == REDIS_REPLY_ERROR ? RedisAnswer::Kind::Error : RedisAnswer::Kind::Text;
    answer.text.assign(reply->str, reply->len);
  } else if (reply->type == REDIS_REPLY_ARRAY) {
    for (const redisReply* const element : std::span(reply->element, reply->elements)) {
      if (element->type != REDIS_REPLY_INTEGER) return answer;
      answer.integers.push_back(element->integer);
    }
    answer.kind = RedisAnswer::Kind::Integers;
  }
  return answer;
}

}  // namespace

struct RedisConnection::Hooks {
  static RedisConnection& of(void* data) noexcept { return *static_cast<RedisConnection*>(data); }

  static void attach(RedisConnection& connection, redisAsyncContext& context) noexcept {
    context.data = &connection;
    context.ev.data = &connection;
    context.ev.addRead = [](void* data) { of(data).reading_ = true; };
    context.ev.delRead = [](void* data) { of(data).reading_ = false; };
    context.ev.addWrite = [](void* data) { of(data).writing_ = true; };
    context.ev.delWrite = [](void* data) { of(data).writing_ = false; };
    context.ev.cleanup = [](void* data) { ended(of(data)); };
    connection.context_ = &context;
  }

  // The last that is heard of a context; all its commands were answered or Lost before.
  static void ended(RedisConnection& connection) noexcept {
    if (connection.reason_.empty()) connection.reason_ = in_our_words(connection.context_->c.errstr);
    connection.context_ = nullptr;
    connection.state_ = State::Closed;
    connection.reading_ = false;
    connection.writing_ = false;
  }

  static void answered(redisAsyncContext* context, void* reply, void* /*unused*/) {
    RedisConnection& connection = of(context->data);
    if (reply == nullptr) connection.state_ = State::Closed;  // nothing more can be asked
    const OnAnswer next = std::move(connection.asked_.front());
    connection.asked_.pop_front();
    next(read_answer(static_cast<const redisReply*>(reply)));
    // hiredis aborts on an answer that nobody asked for.
    const redisReader& reader = *context->c.reader;
    if (reply != nullptr && connection.asked_.empty() && reader.pos < reader.len) abandon(connection);
  }

  // Allowed in an answer: hiredis frees the context once it has returned.
  static void abandon(RedisConnection& connection) noexcept {
    connection.reason_ = "an answer that nobody asked for";
    redisAsyncFree(connection.context_);
  }
};

RedisConnection::~RedisConnection() { close("ended"); }

void RedisConnection::open() {
  reason_.clear();
  giving_up_ = false;
  redisAsyncContext* const context = redisAsyncConnect(url_.host.c_str(), url_.port);
  if (context == nullptr) {
    reason_ = "out of memory";
    return;
  }
  if (context->err != 0) {
    reason_ = in_our_words(context->errstr);
    redisAsyncFree(context);
    return;
  }
  Hooks::attach(*this, *context);
  state_ = State::Opening;
  writing_ = true;  // to learn that it is connected
  greet();
}

void RedisConnection::greet() {
  if (!url_.password.empty()) {
    std::vector<std::string> words = {"AUTH"};
    if (!url_.user.empty()) words.push_back(url_.user);
    words.push_back(url_.password);
    command(std::move(words), [this](const RedisAnswer& answer) { expect_success(answer, "authentication"); });
  }
  if (url_.database != 0) {
    command({"SELECT", std::to_string(url_.database)},
            [this](const RedisAnswer& answer) { expect_success(answer, "choosing the database"); });
  }
  command({"SCRIPT", "LOAD", std::string(redis_script())}, [this](const RedisAnswer& answer) {
    expect_success(answer, "loading the script");
    if (giving_up_ || answer.kind != RedisAnswer::Kind::Text) return;
    script_digest_ = answer.text;
    state_ = State::Ready;
  });
}

void RedisConnection::expect_success(const RedisAnswer& answer, std::string_view doing) {
  if (answer.kind == RedisAnswer::Kind::Text || answer.kind == RedisAnswer::Kind::Lost) return;
  // Only the first word of an error, its code: the rest may repeat what was sent, the password for one.
  const std::string_view code = std::string_view(answer.text).substr(0, answer.text.find(' '));
  give_up(std::string(doing) + " failed (" + base::printable(code, 32) + ")");
}

void RedisConnection::command(std::vector<std::string> words, OnAnswer answered) {
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  for (const std::string& word : words) {
    texts.push_back(word.data());
    sizes.push_back(word.size());
  }
  asked_.push_back(std::move(answered));
  const int sent = redisAsyncCommandArgv(context_, &Hooks::answered, nullptr, static_cast<int>(texts.size()),
                                         texts.data(), sizes.data());
  if (sent == REDIS_OK) return;
  const OnAnswer unsent = std::move(asked_.back());
  asked_.pop_back();
  unsent({});
}

void RedisConnection::ask(std::vector<std::string> arguments, OnAnswer answered) {
  if (state_ != State::Ready) {
    answered({});
    return;
  }
  std::vector<std::string> words = {"EVALSHA", script_digest_};
  words.insert(words.end(), arguments.begin(), arguments.end());
  auto again = [this, arguments = std::move(arguments), answered = std::move(answered)](const RedisAnswer& answer) {
    if (answer.kind != RedisAnswer::Kind::Error || !answer.text.starts_with("NOSCRIPT") || state_ != State::Ready) {
      answered(answer);
      return;
    }
    std::vector<std::string> whole = {"EVAL", std::string(redis_script())};
    whole.insert(whole.end(), arguments.begin(), arguments.end());
    command(std::move(whole), answered);
  };
  command(std::move(words), std::move(again));
}

void RedisConnection::close(std::string reason) {
  if (context_ == nullptr) return;
  reason_ = std::move(reason);
  state_ = State::Closed;
  redisAsyncFree(context_);  // answers Lost to all, and calls cleanup
}

void RedisConnection::give_up(std::string reason) {
  if (giving_up_) return;
  giving_up_ = true;
  reason_ = std::move(reason);
}

int RedisConnection::descriptor() const noexcept { return context_ == nullptr ? -1 : context_->c.fd; }

short RedisConnection::wanted_events() const noexcept {
  return static_cast<short>((reading_ ? POLLIN : 0) | (writing_ ? POLLOUT : 0));
}

void RedisConnection::handle(short events) {
  const auto has = [events](int wanted) { return (events & wanted) != 0; };
  // Either call may end the context.
  if (context_ != nullptr && writing_ && has(POLLOUT | POLLERR | POLLHUP)) redisAsyncHandleWrite(context_);
  char byte = 0;
  if (context_ != nullptr && asked_.empty() && ::recv(context_->c.fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0) {
    return Hooks::abandon(*this);
  }
  if (context_ != nullptr && reading_ && has(POLLIN | POLLERR | POLLHUP)) redisAsyncHandleRead(context_);
  if (context_ != nullptr && giving_up_) close(std::string(reason_));
}

}  // namespace guardian::limits
