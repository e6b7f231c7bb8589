#include <doctest/doctest.h>

#include <chrono>
#include <future>
#include <thread>
#include <vector>

#include "guardian/net/client.h"
#include "unit/gateway/rig.h"

using guardian::net::Answer;
using guardian::net::HttpServer;
using namespace guardian::test;

namespace {

// A gateway behind a server, and clients of it.
struct Served : GatewayRig {
  explicit Served(guardian::gateway::Options options = {}) {
    time = &real_clock;
    open({}, std::move(options));
    guardian::net::ServerOptions served;
    served.threads = 2;  // fewer than are held
    auto started = HttpServer::start(served, gateway->routes());
    if (!started) FAIL(started.error().message());
    server = std::move(started).value();
  }

  [[nodiscard]] guardian::net::Call call(const std::string& etag = {}, const std::string& prefer = {}) const {
    guardian::net::Call made;
    made.url = "http://127.0.0.1:" + std::to_string(server->port()) + kBundlePath;
    made.headers.add("Authorization", "Bearer admin");
    if (!etag.empty()) made.headers.add("If-None-Match", etag);
    if (!prefer.empty()) made.headers.add("Prefer", prefer);
    return made;
  }
  [[nodiscard]] Answer ask(const guardian::net::Call& made) const {
    auto answer = client->send(made);
    if (!answer) FAIL(answer.error().message());
    return std::move(answer).value();
  }
  [[nodiscard]] std::future<Answer> ask_later(const guardian::net::Call& made) const {
    return std::async(std::launch::async, [this, made] { return *client->send(made); });
  }
  void wait_until_held(std::size_t count) const {
    for (int i = 0; i < 60'000 && gateway->held() != count; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    REQUIRE(gateway->held() == count);
  }

  std::unique_ptr<guardian::net::HttpClient> client = guardian::net::make_client({});
  std::unique_ptr<HttpServer> server;
};

std::string header(const Answer& answer, const char* name) {
  return std::string(answer.headers.find(name).value_or("none"));
}

}  // namespace

TEST_CASE("long poll: more requests are held than there are threads, and what is published answers them all") {
  Served rig;
  const Answer first = rig.ask(rig.call());
  CHECK(header(first, "Content-Encoding") == "gzip");
  CHECK(first.body == rig.get(kBundlePath).content());
  const std::string etag = header(first, "ETag");
  std::vector<std::future<Answer>> held;
  for (int i = 0; i < 8; ++i) held.push_back(rig.ask_later(rig.call(etag, "wait=25")));
  rig.wait_until_held(8);
  CHECK(rig.ask(rig.call(etag)).status == 304);
  rig.dir.write("repo/policies/q.yaml", kDenyPolicy);
  REQUIRE(rig.gateway->rebuild()->published);
  for (auto& one : held) {
    const Answer answer = one.get();
    CHECK(answer.status == 200);
    CHECK(header(answer, "Preference-Applied") == "wait=25");
    CHECK(answer.body == rig.get(kBundlePath).content());
  }
}

TEST_CASE("long poll: when the wait is over the answer is 304") {
  Served rig;
  const std::string etag = header(rig.ask(rig.call()), "ETag");
  const Answer answer = rig.ask(rig.call(etag, "respond-async, Wait=\"1\""));
  CHECK(answer.status == 304);
  CHECK(header(answer, "Preference-Applied") == "wait=1");
  CHECK(rig.gateway->held() == 0);
}

TEST_CASE("long poll: what is news already comes at once, and says that asking again will wait") {
  Served rig;
  for (const char* etag : {"", "\"other\""}) {
    const Answer answer = rig.ask(rig.call(etag, "wait=300"));
    CHECK(answer.status == 200);
    CHECK(header(answer, "Preference-Applied") == "wait=300");
  }
  CHECK(header(rig.ask(rig.call()), "Preference-Applied") == "none");
}

TEST_CASE("long poll: beyond the bound the answer comes at once and says that nobody waited") {
  guardian::gateway::Options options;
  options.max_held = 1;
  Served rig(options);
  const std::string etag = header(rig.ask(rig.call()), "ETag");
  auto held = rig.ask_later(rig.call(etag, "wait=25"));
  rig.wait_until_held(1);
  const Answer answer = rig.ask(rig.call(etag, "wait=300"));
  CHECK(answer.status == 304);
  CHECK(header(answer, "Preference-Applied") == "none");
  rig.gateway->stop_holding();
  CHECK(held.get().status == 304);
}

TEST_CASE("long poll: the wait is capped, and a HEAD is held as a GET is") {
  guardian::gateway::Options options;
  options.max_wait = std::chrono::seconds(1);
  Served rig(options);
  const std::string etag = header(rig.ask(rig.call()), "ETag");
  auto call = rig.call(etag, "wait=86400");
  CHECK(header(rig.ask(call), "Preference-Applied") == "wait=1");
  call.method = "HEAD";
  CHECK(header(rig.ask(call), "Preference-Applied") == "wait=1");
}

TEST_CASE("long poll: a server that stops has answered whoever was held") {
  Served rig;
  const std::string etag = header(rig.ask(rig.call()), "ETag");
  auto held = rig.ask_later(rig.call(etag, "wait=25"));
  rig.wait_until_held(1);
  rig.gateway->stop_holding();
  rig.server->stop(std::chrono::seconds(5));
  CHECK(held.get().status == 304);
}

TEST_CASE("long poll: the bundle and the roots that come with a rotation are there at once") {
  Served rig;
  const std::string etag = header(rig.ask(rig.call()), "ETag");
  // Either coding of what was seen before is old once there is news.
  rig.dir.write("repo/policies/q.yaml", kDenyPolicy);
  REQUIRE(rig.gateway->rebuild()->published);
  CHECK(rig.ask(rig.call(etag, "wait=300")).status == 200);
}
