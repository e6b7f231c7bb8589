#include "guardian/net/server.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>
#include <latch>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "raw_client.h"

namespace net = guardian::net;
using net::ask;
using net::HttpServer;
using net::RawAnswer;
using net::RawClient;
using net::Request;
using net::Response;
using net::ServerOptions;

namespace {

constexpr std::string_view kGet = "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n";

Response echo(const Request& request) {
  Response response;
  response.body = request.method + " " + request.path + " " + request.body;
  response.headers.add("X-Remote", request.remote_address);
  return response;
}

std::vector<net::Route> echo_routes() {
  return {{"GET", "/echo", echo},
          {"POST", "/echo", echo},
          {"GET", "/large",
           [](const Request&) {
             Response response;
             response.body.assign(std::size_t{8} << 20, 'x');
             return response;
           }},
          {"GET", "/shared",
           [shared = std::make_shared<const std::string>(std::size_t{8} << 20, 'y')](const Request&) {
             Response response;
             response.shared_body = shared;
             return response;
           }},
          {"GET", "/throws", [](const Request&) -> Response { throw std::runtime_error("secret"); }}};
}

ServerOptions small_options() {
  ServerOptions options;
  options.threads = 2;
  return options;
}

std::unique_ptr<HttpServer> start(const ServerOptions& options = small_options(),
                                  std::vector<net::Route> routes = echo_routes()) {
  auto server = HttpServer::start(options, std::move(routes));
  REQUIRE(server.ok());
  return std::move(server).value();
}

std::string post(std::string_view body, std::string_view fields = "") {
  return "POST /echo HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + std::string(body);
}

}  // namespace

TEST_CASE("server: a request is answered on a port the system chose") {
  const auto server = start();
  CHECK(server->port() != 0);
  const RawAnswer answer = ask(server->port(), post("hello"));
  CHECK(answer.status == 200);
  CHECK(answer.body == "POST /echo hello");
  CHECK(answer.has("X-Remote: 127.0.0.1\r\n"));
  CHECK_FALSE(answer.has("Server:"));
  CHECK_FALSE(answer.has("Connection: close"));
}

TEST_CASE("server: a port that is taken is an error that names it") {
  const auto server = start();
  ServerOptions options = small_options();
  options.port = server->port();
  const auto second = HttpServer::start(options, echo_routes());
  REQUIRE_FALSE(second.ok());
  CHECK(second.error().code() == guardian::base::ErrorCode::Io);
  CHECK(second.error().message().find(std::to_string(server->port())) != std::string::npos);
}

TEST_CASE("server: requests sent in one go are answered in order") {
  const auto server = start();
  RawClient client(server->port());
  client.send(post("1") + post("2") + std::string(kGet) + post("3"));
  CHECK(client.read_answer().body == "POST /echo 1");
  CHECK(client.read_answer().body == "POST /echo 2");
  CHECK(client.read_answer().body == "GET /echo ");
  CHECK(client.read_answer().body == "POST /echo 3");
}

TEST_CASE("server: bytes may come one by one") {
  const auto server = start();
  RawClient client(server->port());
  const std::string bytes = post("slow");
  for (const char c : bytes) client.send({&c, 1});
  CHECK(client.read_answer().body == "POST /echo slow");
}

TEST_CASE("server: HEAD has GET's length and no body") {
  const auto server = start();
  RawClient client(server->port());
  client.send("HEAD /echo HTTP/1.1\r\nHost: a\r\n\r\n");
  const RawAnswer head = client.read_answer(true);
  CHECK(head.status == 200);
  CHECK(head.has("Content-Length: 11\r\n"));
  client.send(kGet);
  CHECK(client.read_answer().body == "GET /echo ");
}

TEST_CASE("server: 100-continue is sent before the body, then the answer") {
  const auto server = start();
  RawClient client(server->port());
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  CHECK(client.read_answer().status == 100);
  client.send("ok");
  CHECK(client.read_answer().body == "POST /echo ok");
}

TEST_CASE("server: Range and Accept-Encoding change nothing") {
  const auto server = start();
  const RawAnswer answer = ask(server->port(), post("hello", "Range: bytes=0-3\r\nAccept-Encoding: gzip, br\r\n"));
  CHECK(answer.status == 200);
  CHECK(answer.body == "POST /echo hello");
  CHECK_FALSE(answer.has("Content-Encoding"));
}

TEST_CASE("server: unknown paths, other methods and throwing routes are answered as JSON") {
  const auto server = start();
  CHECK(ask(server->port(), "GET /x HTTP/1.1\r\nHost: a\r\n\r\n").body.starts_with("{\"error\":\"not_found\","));
  const RawAnswer other = ask(server->port(), "PUT /echo HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(other.status == 405);
  CHECK(other.has("Allow: GET, HEAD, POST\r\n"));
  CHECK(other.body.starts_with("{\"error\":\"method_not_allowed\","));
  const RawAnswer thrown = ask(server->port(), "GET /throws HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(thrown.status == 500);
  CHECK((thrown.head + thrown.body).find("secret") == std::string::npos);
}

TEST_CASE("server: what cannot be framed is refused and the connection closed") {
  const auto server = start();
  struct {
    std::string bytes;
    int status;
    std::string code;
  } const cases[] = {
      {"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400, "bad_request"},
      {"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\n", 413, "too_large"},
      {"GET /echo HTTP/1.1\r\nA: " + std::string(20'000, 'b'), 431, "headers_too_large"},
  };
  for (const auto& refused : cases) {
    CAPTURE(refused.code);
    RawClient client(server->port());
    client.send(refused.bytes);
    const RawAnswer answer = client.read_answer();
    CHECK(answer.status == refused.status);
    CHECK(answer.has("Connection: close\r\n"));
    CHECK(answer.body.starts_with("{\"error\":\"" + refused.code + "\""));
    CHECK(client.is_closed());
  }
}

TEST_CASE("server: a coded body is refused by a route that decodes none, and the connection goes on") {
  const auto server = start();
  RawClient client(server->port());
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\na");
  CHECK(client.read_answer().status == 415);
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\na");
  CHECK(client.read_answer().status == 200);
}

TEST_CASE("server: a refusal reaches a client that goes on sending") {
  const auto server = start();
  RawClient client(server->port());
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\n" + std::string(500'000, 'x'));
  CHECK(client.read_answer().status == 413);
}

TEST_CASE("server: Connection: close and HTTP/1.0 end the connection after the answer") {
  const auto server = start();
  for (const char* bytes :
       {"GET /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "GET /echo HTTP/1.0\r\n\r\n"}) {
    RawClient client(server->port());
    client.send(bytes);
    const RawAnswer answer = client.read_answer();
    CHECK(answer.status == 200);
    CHECK(answer.has("Connection: close\r\n"));
    CHECK(client.is_closed());
  }
}

TEST_CASE("server: a client that has finished sending still gets its answer") {
  const auto server = start();
  RawClient client(server->port());
  client.send(kGet);
  client.finish_sending();
  CHECK(client.read_answer().status == 200);
  CHECK(client.is_closed());
}

TEST_CASE("server: idle and half-sent connections keep no thread") {
  ServerOptions options = small_options();
  const auto server = start(options);
  std::vector<std::unique_ptr<RawClient>> idle;
  for (int i = 0; i < 200; ++i) {
    idle.push_back(std::make_unique<RawClient>(server->port()));
    idle.back()->send(kGet);
    REQUIRE(idle.back()->read_answer().status == 200);
    if (i % 2 == 0) idle.back()->send("POST /echo HTTP/1.1\r\n");
  }
  CHECK(ask(server->port(), kGet).status == 200);
}

TEST_CASE("server: a request that does not end in time is answered 408, however it trickles") {
  ServerOptions options = small_options();
  options.request_timeout = std::chrono::seconds(1);
  const auto server = start(options);
  RawClient client(server->port());
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
  int sent = 0;
  while (!client.anything_within(50) && sent < 400) {
    client.send("x");
    ++sent;
  }
  CHECK(sent < 400);
  const RawAnswer answer = client.read_answer();
  CHECK(answer.status == 408);
  CHECK(client.is_closed());
}

TEST_CASE("server: an idle connection is closed without a word") {
  ServerOptions options = small_options();
  options.keep_alive_timeout = std::chrono::seconds(1);
  const auto server = start(options);
  RawClient client(server->port());
  client.send(kGet);
  CHECK(client.read_answer().status == 200);
  CHECK(client.is_closed());
}

TEST_CASE("server: past the connection limit the answer is 503 with Retry-After") {
  ServerOptions options = small_options();
  options.max_connections = 2;
  const auto server = start(options);
  auto first = std::make_unique<RawClient>(server->port());
  first->send(kGet);
  REQUIRE(first->read_answer().status == 200);
  RawClient second(server->port());
  second.send(kGet);
  REQUIRE(second.read_answer().status == 200);

  RawClient third(server->port());
  third.send(kGet);
  const RawAnswer refused = third.read_answer();
  CHECK(refused.status == 503);
  CHECK(refused.has("Retry-After: 1\r\n"));
  CHECK(refused.body.starts_with("{\"error\":\"unavailable\""));
  CHECK(third.is_closed());

  second.send(kGet);
  CHECK(second.read_answer().status == 200);
  // A place that becomes free is given again.
  first->send("GET /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  REQUIRE(first->read_answer().status == 200);
  REQUIRE(first->is_closed());
  CHECK(ask(server->port(), kGet).status == 200);
}

TEST_CASE("server: an answer larger than the socket takes arrives whole") {
  const auto server = start();
  RawClient client(server->port(), 8'192);
  client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n" + std::string(kGet));
  const RawAnswer answer = client.read_answer();
  CHECK(answer.body.size() == std::size_t{8} << 20);
  CHECK(client.read_answer().body == "GET /echo ");
}

TEST_CASE("server: a body that answers share arrives whole, again on the same connection and not for HEAD") {
  const auto server = start();
  RawClient client(server->port(), 4'096);
  for (int i = 0; i < 2; ++i) {
    client.send("GET /shared HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(client.read_answer().body == std::string(std::size_t{8} << 20, 'y'));
  }
  client.send("HEAD /shared HTTP/1.1\r\nHost: a\r\n\r\n");
  const RawAnswer head = client.read_answer(true);
  CHECK(head.has("Content-Length: 8388608"));
  client.send(kGet);
  CHECK(client.read_answer().body == "GET /echo ");
}

TEST_CASE("server: many clients at once each get their own answers") {
  const auto server = start();
  std::atomic<int> wrong{0};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        RawClient client(server->port());
        for (int i = 0; i < 100; ++i) {
          const std::string text = std::to_string(t) + "/" + std::to_string(i);
          client.send(post(text));
          if (client.read_answer().body != "POST /echo " + text) ++wrong;
        }
      });
    }
  }
  CHECK(wrong == 0);
}

namespace {

// Keeps the replies it is given until told to send them.
class Postponed {
 public:
  [[nodiscard]] net::Route route() {
    return {"GET", "/echo", [this](const Request& request, net::Reply reply) {
              const std::lock_guard lock(mutex_);
              owed_.emplace_back(&request, std::move(reply));
              came_.notify_all();
            }};
  }
  void wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    came_.wait(lock, [&] { return owed_.size() == count; });
  }
  void send_all() {
    const std::lock_guard lock(mutex_);
    for (auto& [request, reply] : owed_) std::move(reply).send(echo(*request));
    owed_.clear();
  }

 private:
  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<std::pair<const Request*, net::Reply>> owed_;
};

}  // namespace

TEST_CASE("server: requests whose answer comes later hold no thread") {
  Postponed postponed;
  ServerOptions options = small_options();
  options.threads = 1;
  const auto server = start(options, {postponed.route(), {"POST", "/echo", echo}});
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<RawClient>(server->port()));
    clients.back()->send(kGet);
  }
  postponed.wait_for(3);
  CHECK(ask(server->port(), post("meanwhile")).body == "POST /echo meanwhile");
  postponed.send_all();
  for (const auto& client : clients) CHECK(client->read_answer().body == "GET /echo ");
}

TEST_CASE("server: stop waits for the replies that are owed") {
  Postponed postponed;
  auto server = start(small_options(), {postponed.route()});
  RawClient client(server->port());
  client.send(kGet);
  postponed.wait_for(1);
  std::atomic<bool> stopped = false;
  std::jthread stopping([&] {
    server->stop(std::chrono::milliseconds(0));
    stopped = true;
  });
  CHECK_FALSE(stopped.load());
  postponed.send_all();
  stopping.join();
  CHECK(stopped.load());
}

TEST_CASE("server: stop lets a request in flight finish, closes idle connections and takes no new ones") {
  std::latch entered(1);
  std::promise<void> release;
  std::shared_future<void> released = release.get_future().share();
  std::vector<net::Route> routes = echo_routes();
  routes.push_back({"GET", "/wait", [&](const Request& request) {
                      entered.count_down();
                      released.wait();
                      return echo(request);
                    }});
  const auto server = start(small_options(), std::move(routes));
  RawClient idle(server->port());
  idle.send(kGet);
  REQUIRE(idle.read_answer().status == 200);
  RawClient busy(server->port());
  busy.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
  entered.wait();
  std::jthread stopper([&] { server->stop(std::chrono::seconds(20)); });
  CHECK(idle.is_closed());
  release.set_value();
  const RawAnswer answer = busy.read_answer();
  CHECK(answer.status == 200);
  CHECK(answer.has("Connection: close\r\n"));
  stopper.join();
  ServerOptions again = small_options();
  again.port = server->port();
  CHECK(HttpServer::start(again, echo_routes()).ok());
}

TEST_CASE("server: stop does not wait past its grace for a client that sends no more") {
  const auto server = start();
  RawClient client(server->port());
  client.send("POST /echo HTTP/1.1\r\n");
  server->stop(std::chrono::milliseconds(10));
  CHECK(client.is_closed());
  server->stop(std::chrono::milliseconds(10));
}
