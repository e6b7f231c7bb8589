// The forwarder with its thread, over a real HTTP server.
#include <doctest/doctest.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "guardian/audit/forwarder.h"
#include "guardian/net/server.h"
#include "unit/audit/forwarding_rig.h"

using guardian::audit::Forwarder;
using guardian::base::Error;
using guardian::base::ErrorCode;
using guardian::net::Answer;
using guardian::net::Call;
using guardian::net::HttpServer;
using guardian::net::Request;
using guardian::net::Response;
using std::chrono::milliseconds;
using std::chrono::seconds;
using namespace guardian::test;

namespace {

constexpr seconds kPatience{30};
constexpr milliseconds kNoGrace{0};

// A server in front of a StoringGateway that can hang: it then answers nobody until it is released.
class ServedGateway {
 public:
  explicit ServedGateway(std::uint16_t port = 0) {
    guardian::net::ServerOptions options;
    options.port = port;
    options.max_body_bytes = std::size_t{8} << 20;
    auto started = HttpServer::start(
        options, {{"POST", "/audit", [this](const Request& request) { return answer(request); }, true}});
    if (!started) FAIL(started.error().message());
    server_ = std::move(started).value();
  }
  ~ServedGateway() {
    release();
    server_->stop(seconds(1));
  }

  void hang() {
    const std::lock_guard lock(mutex_);
    hanging_ = true;
  }
  void release() {
    const std::lock_guard lock(mutex_);
    hanging_ = false;
    changed_.notify_all();
  }
  void wait_until_asked() {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, kPatience, [this] { return asked_ > 0; }));
  }
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->port()) + "/audit"; }

  StoringGateway gateway;

 private:
  Response answer(const Request& request) {
    {
      std::unique_lock lock(mutex_);
      ++asked_;
      changed_.notify_all();
      changed_.wait(lock, [this] { return !hanging_; });
    }
    CHECK(request.headers.find("Content-Encoding") == "gzip");
    Call call;
    call.body = request.body;
    auto answered = gateway.send(call);
    Response response;
    response.status = answered ? answered->status : 500;
    if (answered) {
      response.body = answered->body;
      for (const auto& [name, value] : answered->headers.entries()) response.headers.add(name, value);
    }
    return response;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool hanging_ = false;
  int asked_ = 0;
  std::unique_ptr<HttpServer> server_;
};

void wait_until(const std::function<bool()>& holds) {
  for (int tries = 0; !holds(); ++tries) {
    REQUIRE(tries < 30'000);
    std::this_thread::sleep_for(milliseconds(1));
  }
}

// Waits until the store says that all was acknowledged.
void wait_until_forwarded(FileBacklog& store, std::uint64_t seq) { REQUIRE(store.wait_for_forwarded(seq, kPatience)); }

}  // namespace

TEST_CASE("forwarding: a gateway that fails in every way gets everything, in order and once") {
  ServedGateway served;
  served.gateway.stores_and_loses_the_answer()
      .answers(503)
      .answers(429, {}, "0")
      .answers(200, "<html>who are you?</html>")
      .answers(200, R"({"accepted":1,"duplicates":0,"rejected":[]})")
      .stores_and_loses_the_answer();
  const auto client = guardian::net::make_client({});
  FileBacklog store;
  store.append_many(700);
  auto options = forwarder_options(served.url());
  options.interval = seconds(1);
  Forwarder forwarder(store, *client, options);
  store.append_many(700);
  wait_until_forwarded(store, 1'400);
  CHECK(served.gateway.stored() == store.lines());
  forwarder.stop(kNoGrace);
}

TEST_CASE("forwarding: a gateway that was away and comes back gets everything") {
  FileBacklog store;
  store.append_many(2'500);
  const auto client = guardian::net::make_client({});
  std::uint16_t port = 0;
  {
    ServedGateway taken;
    port = static_cast<std::uint16_t>(std::stoi(taken.url().substr(17)));
  }
  auto options = forwarder_options("http://127.0.0.1:" + std::to_string(port) + "/audit");
  options.interval = seconds(1);
  Forwarder forwarder(store, *client, options);
  wait_until([&] { return !forwarder.state().problem.empty(); });
  CHECK(store.forwarded() == 0);
  ServedGateway served(port);
  wait_until_forwarded(store, 2'500);
  CHECK(served.gateway.stored() == store.lines());
}

TEST_CASE("forwarding: an alert goes with all before it, without waiting for more") {
  ServedGateway served;
  const auto client = guardian::net::make_client({});
  FileBacklog store;
  store.waits_only_for_urgent = true;
  Forwarder forwarder(store, *client, forwarder_options(served.url()));
  store.append_many(3);
  store.append({.alert = true, .filling = {}});
  wait_until_forwarded(store, 4);
  CHECK(served.gateway.stored() == store.lines());
}

TEST_CASE("forwarding: the end sends what is pending") {
  ServedGateway served;
  const auto client = guardian::net::make_client({});
  FileBacklog store;
  Forwarder forwarder(store, *client, forwarder_options(served.url()));
  store.append_many(2'100);
  forwarder.stop(kPatience);
  CHECK(served.gateway.stored() == store.lines());
  CHECK(store.forwarded() == 2'100);
}

TEST_CASE("forwarding: the end is tried again within its grace") {
  ServedGateway served;
  served.gateway.answers(503).stores_and_loses_the_answer();
  const auto client = guardian::net::make_client({});
  FileBacklog store;
  store.append_many(10);
  Forwarder forwarder(store, *client, forwarder_options(served.url()));
  forwarder.stop(kPatience);
  CHECK(served.gateway.stored() == store.lines());
}

TEST_CASE("forwarding: the end does not wait for a gateway that takes no events") {
  ServedGateway served;
  served.gateway.answers(404);
  const auto client = guardian::net::make_client({});
  FileBacklog store;
  store.append();
  Forwarder forwarder(store, *client, forwarder_options(served.url()));
  wait_until([&] { return forwarder.state().paused; });
  forwarder.stop(std::chrono::hours(1));
  CHECK(served.gateway.posts().size() == 1);
  CHECK(store.forwarded() == 0);
}

TEST_CASE("forwarding: a gateway that hangs is given up when the grace is over") {
  ServedGateway served;
  served.hang();
  const auto client = guardian::net::make_client({});
  FileBacklog store;
  store.append();
  Forwarder forwarder(store, *client, forwarder_options(served.url()));
  served.wait_until_asked();
  forwarder.stop(milliseconds(20));
  CHECK(store.forwarded() == 0);
}
