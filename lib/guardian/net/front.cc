#include "guardian/net/front.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <system_error>

namespace guardian::net {

namespace {

constexpr std::size_t kReceiveBytes = 65'536;
constexpr std::size_t kMaxEventsPerTurn = 256;
constexpr std::size_t kMaxAcceptsPerTurn = 256;
constexpr std::size_t kMaxOverLimit = 256;  // connections kept past the limit to be told so; more are just closed
constexpr std::chrono::seconds kDrainTime{1};
constexpr std::chrono::milliseconds kListenerPause{100};  // when the process is out of descriptors

}  // namespace

base::Result<std::unique_ptr<Front>> Front::make(const ServerOptions& options, Listener listener, const Router& router,
                                                 WorkerPool& pool) {
  std::unique_ptr<Front> front(new Front(options, std::move(listener), router, pool));
  if (front->epoll_.valid() && front->wake_.valid()) {
    epoll_event event = {};
    event.events = EPOLLIN;
    event.data.ptr = &front->wake_;
    const bool added = ::epoll_ctl(front->epoll_.get(), EPOLL_CTL_ADD, front->wake_.get(), &event) == 0;
    event.data.ptr = &front->listener_;
    if (added && ::epoll_ctl(front->epoll_.get(), EPOLL_CTL_ADD, front->listener_.fd.get(), &event) == 0) return front;
  }
  return base::Error(base::ErrorCode::Io, "waiting for connections: " + std::generic_category().message(errno));
}

Front::Front(const ServerOptions& options, Listener listener, const Router& router, WorkerPool& pool)
    : options_(options),
      router_(router),
      pool_(pool),
      listener_(std::move(listener)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      received_(kReceiveBytes) {}

void Front::run() {
  std::array<epoll_event, kMaxEventsPerTurn> events = {};
  while (!stop_begun_ || (!connections_.empty() && clock_.monotonic() < stop_deadline_)) {
    const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), wait_milliseconds());
    for (int i = 0; i < count; ++i) {
      void* const source = events[static_cast<std::size_t>(i)].data.ptr;
      if (source == &listener_) {
        accept_waiting();
      } else if (source == &wake_) {
        std::uint64_t wakes = 0;
        [[maybe_unused]] const ssize_t got = ::read(wake_.get(), &wakes, sizeof wakes);
      } else {
        on_ready(*static_cast<Connection*>(source));
      }
    }
    take_back_served();
    expire();
    if (stopping_.load() && !stop_begun_) begin_stop();
  }
}

void Front::stop(std::chrono::milliseconds grace) {
  {
    const std::lock_guard lock(mutex_);
    grace_ = grace;
  }
  stopping_.store(true);
  wake();
}

void Front::wake() {
  const std::uint64_t one = 1;
  // It fails only when the counter is full, and then the loop is awake.
  [[maybe_unused]] const ssize_t put = ::write(wake_.get(), &one, sizeof one);
}

int Front::wait_milliseconds() const {
  constexpr Nanoseconds kNever = Nanoseconds::max();
  Nanoseconds next = deadlines_.empty() ? kNever : deadlines_.begin()->first;
  if (listener_paused_) next = std::min(next, listener_resumes_);
  if (stop_begun_) next = std::min(next, stop_deadline_);
  if (next == kNever) return -1;
  const Nanoseconds left = next - clock_.monotonic();
  const auto rounded_up = std::chrono::ceil<std::chrono::milliseconds>(left).count();
  return static_cast<int>(std::clamp<std::int64_t>(rounded_up, 0, 60'000));
}

void Front::accept_waiting() {
  for (std::size_t i = 0; i < kMaxAcceptsPerTurn; ++i) {
    Accepted accepted = accept_from(listener_.fd.get());
    if (accepted.out_of_descriptors) {
      watch_listener(false);
      listener_resumes_ = clock_.monotonic() + kListenerPause;
    }
    if (!accepted.fd.valid()) return;
    admit(std::move(accepted));
  }
}

void Front::admit(Accepted accepted) {
  const bool over = connections_.size() - over_limit_ >= options_.max_connections;
  if (over && over_limit_ >= kMaxOverLimit) return;
  auto owned = std::make_unique<Connection>(std::move(accepted),
                                            FramingLimits{options_.max_header_bytes, options_.max_body_bytes});
  Connection& connection = *owned;
  epoll_event event = {};
  event.events = EPOLLONESHOT;
  event.data.ptr = &connection;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, connection.fd.get(), &event) != 0) return;
  connections_.emplace(&connection, std::move(owned));
  if (over) {
    refuse_over_limit(connection);
    return;
  }
  set_deadline(connection, options_.request_timeout);
  arm(connection, EPOLLIN);
}

void Front::refuse_over_limit(Connection& connection) {
  connection.over_limit = true;
  ++over_limit_;
  Response response = error_response(503, "unavailable", "too many connections");
  response.headers.add("Retry-After", "1");
  answer_early(connection, response);
}

void Front::on_ready(Connection& connection) {
  switch (connection.phase) {
    case Connection::Phase::Reading:
      read_more(connection);
      return;
    case Connection::Phase::Writing:
      connection.sending = connection.outbox.flush(connection.fd.get());
      after_sending(connection);
      return;
    case Connection::Phase::Draining:
      discard_more(connection);
      return;
    case Connection::Phase::Handling:
      return;
  }
}

void Front::read_more(Connection& connection) {
  const ssize_t count = ::recv(connection.fd.get(), received_.data(), received_.size(), 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
    arm(connection, EPOLLIN);
    return;
  }
  if (count <= 0) {
    close(connection);
    return;
  }
  // The whole request must come within its time, so the clock starts at its first byte and at no other.
  if (connection.framer.idle()) set_deadline(connection, options_.request_timeout);
  go_on(connection, connection.framer.feed({received_.data(), static_cast<std::size_t>(count)}));
}

void Front::go_on(Connection& connection, Framer::Progress progress) {
  switch (progress) {
    case Framer::Progress::Complete:
      dispatch(connection);
      return;
    case Framer::Progress::Refused: {
      const Refusal& refusal = connection.framer.refusal();
      answer_early(connection, error_response(refusal.status, refusal.code, refusal.message));
      return;
    }
    case Framer::Progress::NeedMore:
      break;
  }
  if (connection.framer.take_continue()) {
    connection.outbox.put("HTTP/1.1 100 Continue\r\n\r\n", std::string());
    if (connection.outbox.flush(connection.fd.get()) != Outbox::Progress::Sent) {
      close(connection);
      return;
    }
  }
  arm(connection, EPOLLIN);
}

void Front::dispatch(Connection& connection) {
  connection.phase = Connection::Phase::Handling;
  clear_deadline(connection);
  connection.current = connection.framer.take();
  connection.current.request.remote_address = connection.remote_address;
  pool_.submit([this, &connection] { serve(connection); });
}

// On a worker.
void Front::serve(Connection& connection) {
  {
    const std::lock_guard lock(mutex_);
    ++replies_owed_;
  }
  router_.serve(connection.current.request,
                Reply([this, &connection](Response response) { complete(connection, std::move(response)); },
                      [this](Reply::Job job) { pool_.submit(std::move(job)); }));
}

// On a worker, or where it left the reply to. Once the connection is handed back it may be gone, and once no reply is
// owed the front.
void Front::complete(Connection& connection, Response response) {
  const bool head_only = connection.current.request.method == "HEAD";
  const bool no_body = head_only || response.status == 204 || response.status == 304;
  connection.close_after_answer = !connection.current.keep_alive || stopping_.load();
  const AnswerForm form{head_only, connection.close_after_answer, connection.current.http_1_0};
  std::string head = write_answer_head(response, form, clock_.now());
  if (!no_body && response.shared_body != nullptr) {
    connection.outbox.put(std::move(head), std::move(response.shared_body));
  } else {
    connection.outbox.put(std::move(head), no_body ? std::string() : std::move(response.body));
  }
  connection.current = FramedRequest();
  connection.sending = connection.outbox.flush(connection.fd.get());
  const std::lock_guard lock(mutex_);
  if (served_.empty()) wake();
  served_.push_back(&connection);
  --replies_owed_;
  replied_.notify_all();
}

void Front::wait_for_replies() {
  std::unique_lock lock(mutex_);
  replied_.wait(lock, [this] { return replies_owed_ == 0; });
}

void Front::take_back_served() {
  std::vector<Connection*> served;
  {
    const std::lock_guard lock(mutex_);
    served.swap(served_);
  }
  for (Connection* const connection : served) after_sending(*connection);
}

// An answer without a route, after which the connection ends.
void Front::answer_early(Connection& connection, const Response& response) {
  connection.close_after_answer = true;
  connection.unread_remains = true;
  connection.outbox.put(write_answer_head(response, {false, true, false}, clock_.now()), response.body);
  connection.sending = connection.outbox.flush(connection.fd.get());
  after_sending(connection);
}

void Front::after_sending(Connection& connection) {
  switch (connection.sending) {
    case Outbox::Progress::Failed:
      close(connection);
      return;
    case Outbox::Progress::Blocked:
      connection.phase = Connection::Phase::Writing;
      set_deadline(connection, options_.request_timeout);
      arm(connection, EPOLLOUT);
      return;
    case Outbox::Progress::Sent:
      after_answer(connection);
      return;
  }
}

void Front::after_answer(Connection& connection) {
  if (connection.close_after_answer) {
    finish(connection);
    return;
  }
  connection.phase = Connection::Phase::Reading;
  const Framer::Progress progress = connection.framer.advance();
  const bool idle = progress == Framer::Progress::NeedMore && connection.framer.idle();
  if (idle && stop_begun_) {
    close(connection);
    return;
  }
  if (idle) {
    set_deadline(connection, options_.keep_alive_timeout);
  } else {
    set_deadline(connection, options_.request_timeout);
  }
  go_on(connection, progress);
}

// Closes, but not over bytes that nobody read: the system would then answer with a reset that overtakes the answer.
void Front::finish(Connection& connection) {
  char byte = 0;
  const bool quiet = ::recv(connection.fd.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0;
  if (quiet && !connection.unread_remains && connection.framer.idle()) {
    close(connection);
    return;
  }
  connection.phase = Connection::Phase::Draining;
  ::shutdown(connection.fd.get(), SHUT_WR);
  set_deadline(connection, kDrainTime);
  arm(connection, EPOLLIN);
}

void Front::discard_more(Connection& connection) {
  const ssize_t count = ::recv(connection.fd.get(), received_.data(), received_.size(), 0);
  if (count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR))) {
    arm(connection, EPOLLIN);
  } else {
    close(connection);
  }
}

void Front::expire() {
  const Nanoseconds now = clock_.monotonic();
  if (listener_paused_ && now >= listener_resumes_) watch_listener(true);
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    Connection& connection = *deadlines_.begin()->second;
    clear_deadline(connection);
    if (connection.phase == Connection::Phase::Reading && !connection.framer.idle()) {
      answer_early(connection, error_response(408, "request_timeout", "the request was not complete in time"));
    } else {
      close(connection);
    }
  }
}

void Front::begin_stop() {
  {
    const std::lock_guard lock(mutex_);
    stop_deadline_ = clock_.monotonic() + grace_;
  }
  accept_waiting();
  stop_begun_ = true;
  listener_.fd = base::UniqueFd();
  listener_paused_ = false;
  std::vector<Connection*> waiting;
  for (const auto& entry : connections_) {
    if (entry.first->phase == Connection::Phase::Reading && entry.first->framer.idle()) waiting.push_back(entry.first);
  }
  for (Connection* const connection : waiting) {
    // A request may stand in the socket already: that one is in flight.
    char byte = 0;
    if (::recv(connection->fd.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0) close(*connection);
  }
}

void Front::arm(Connection& connection, std::uint32_t events) {
  epoll_event event = {};
  event.events = events | EPOLLONESHOT;
  event.data.ptr = &connection;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, connection.fd.get(), &event) != 0) close(connection);
}

void Front::watch_listener(bool on) {
  epoll_event event = {};
  event.events = on ? static_cast<std::uint32_t>(EPOLLIN) : 0U;
  event.data.ptr = &listener_;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, listener_.fd.get(), &event);
  listener_paused_ = !on;
}

void Front::set_deadline(Connection& connection, Nanoseconds after) {
  clear_deadline(connection);
  connection.deadline = clock_.monotonic() + after;
  deadlines_.emplace(connection.deadline, &connection);
}

void Front::clear_deadline(Connection& connection) {
  deadlines_.erase({connection.deadline, &connection});
  connection.deadline = Nanoseconds::zero();
}

void Front::close(Connection& connection) {
  clear_deadline(connection);
  if (connection.over_limit) --over_limit_;
  connections_.erase(&connection);
}

}  // namespace guardian::net
