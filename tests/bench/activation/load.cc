#include "tests/bench/activation/load.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

namespace guardian::bench {

namespace {

[[noreturn]] void give_up(const char* what) {
  std::perror(what);
  std::exit(2);
}

base::UniqueFd connect_to(std::uint16_t port) {
  base::UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (!fd.valid() || ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    give_up("connect");
  }
  const int on = 1;
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

// What stands between `before` and the next quote.
std::string_view quoted_after(std::string_view text, std::string_view before) {
  const std::size_t at = text.find(before);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = text.substr(at + before.size());
  return rest.substr(0, rest.find('"'));
}

// The size of the whole answer; 0 while its head is not there.
std::size_t answer_bytes(std::string_view received) {
  constexpr std::string_view kLength = "Content-Length: ";
  const std::size_t head = received.find("\r\n\r\n");
  if (head == std::string_view::npos) return 0;
  const std::size_t at = received.find(kLength);
  if (at == std::string_view::npos || at > head) give_up("an answer without Content-Length");
  return head + 4 + std::strtoul(received.data() + at + kLength.size(), nullptr, 10);
}

}  // namespace

Load::Load(std::uint16_t port, std::size_t connections, unsigned per_second,
           std::function<std::string(std::size_t)> make_body)
    : interval_(std::chrono::nanoseconds(1'000'000'000 / per_second)), make_body_(std::move(make_body)) {
  for (std::size_t i = 0; i < connections; ++i) connections_.push_back({connect_to(port), false, {}, {}});
}

std::vector<double> Load::run(const std::function<bool()>& over) {
  std::vector<double> milliseconds;
  next_due_ = Clock::now();
  while (true) {
    const Clock::time_point now = Clock::now();
    const bool no_more = over();
    if (!no_more) {
      for (; next_due_ <= now; next_due_ += interval_) waiting_.push_back(next_due_);
    }
    send_due();
    const auto busy = std::ranges::count_if(connections_, &Connection::busy);
    if (no_more && busy == 0 && waiting_.empty()) return milliseconds;
    wait(no_more ? now + std::chrono::milliseconds(1) : next_due_);
    for (Connection& connection : connections_) {
      if (connection.busy) receive(connection, milliseconds);
    }
  }
}

void Load::send_due() {
  for (Connection& connection : connections_) {
    if (waiting_.empty()) return;
    if (connection.busy) continue;
    send(connection, waiting_.front());
    waiting_.pop_front();
  }
}

void Load::send(Connection& connection, Clock::time_point due) {
  const std::string body = make_body_(sent_++);
  const std::string request =
      "POST /enforce HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Content-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + body;
  if (::send(connection.fd.get(), request.data(), request.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(request.size())) {
    give_up("send");
  }
  connection.busy = true;
  connection.due = due;
}

void Load::receive(Connection& connection, std::vector<double>& milliseconds) {
  std::array<char, 4096> buffer;
  const ssize_t count = ::recv(connection.fd.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (count < 0) return;
  if (count == 0) give_up("the sidecar closed a connection");
  connection.received.append(buffer.data(), static_cast<std::size_t>(count));
  const std::size_t whole = answer_bytes(connection.received);
  if (whole == 0 || connection.received.size() < whole) return;
  const auto took = Clock::now() - connection.due;
  milliseconds.push_back(std::chrono::duration<double, std::milli>(took).count());
  version_ = quoted_after(connection.received, "\"bundleVersion\":\"");
  connection.received.clear();
  connection.busy = false;
}

// Until then, or until an answer comes.
void Load::wait(Clock::time_point until) {
  std::vector<pollfd> polled;
  for (const Connection& connection : connections_) {
    if (connection.busy) polled.push_back({connection.fd.get(), POLLIN, 0});
  }
  const auto left = std::max<std::chrono::nanoseconds>(until - Clock::now(), std::chrono::nanoseconds(0));
  const timespec timeout{left.count() / 1'000'000'000, left.count() % 1'000'000'000};
  ::ppoll(polled.data(), polled.size(), &timeout, nullptr);
}

double percentile(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  return values[std::min(values.size() - 1, static_cast<std::size_t>(static_cast<double>(values.size()) * share))];
}

}  // namespace guardian::bench
