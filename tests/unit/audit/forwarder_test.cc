#include "guardian/audit/forwarder.h"

#include <doctest/doctest.h>

#include "guardian/audit/event_line.h"
#include "unit/audit/forwarding_rig.h"

using guardian::audit::Forwarder;
using guardian::audit::Forwarding;
using guardian::audit::ForwardingNotice;
using What = guardian::audit::ForwardingNotice::What;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Then = guardian::audit::Forwarding::Next::Then;
using namespace guardian::test;

namespace {

struct Rig {
  FileBacklog store;
  StoringGateway gateway;
  std::vector<ForwardingNotice> notices;
  Forwarding forwarding{store, gateway, options()};

  guardian::audit::ForwarderOptions options() {
    auto options = forwarder_options();
    options.notice = [this](const ForwardingNotice& notice) { notices.push_back(notice); };
    return options;
  }

  Forwarding::Next turn() { return forwarding.turn({}); }
  // Until all is sent; fails the test when that takes too long.
  void drain() {
    for (int turns = 0; store.forwarded() < store.last_seq(); ++turns) {
      REQUIRE(turns < 5'000);
      static_cast<void>(turn());
    }
  }
};

}  // namespace

TEST_CASE("forwarder: sends what is stored, in order, and acknowledges what the gateway stored") {
  Rig rig;
  rig.store.append_many(1'500);
  CHECK(rig.turn().then == Then::AtOnce);
  CHECK(rig.store.forwarded() == 1'000);
  CHECK(rig.turn().then == Then::Idle);
  CHECK(rig.gateway.stored() == rig.store.lines());
  CHECK(rig.gateway.posts().size() == 2);
  CHECK(rig.gateway.posts().front().sidecar == "host-1");
  CHECK(rig.forwarding.state().problem.empty());
}

TEST_CASE("forwarder: asks nothing while there is nothing to send") {
  Rig rig;
  const auto next = rig.turn();
  CHECK(next.then == Then::Idle);
  CHECK(next.wait == seconds(1));
  CHECK(rig.gateway.posts().empty());
}

TEST_CASE("forwarder: an answer that was lost costs nothing and doubles nothing") {
  Rig rig;
  rig.store.append_many(10);
  rig.gateway.stores_and_loses_the_answer();
  CHECK(rig.turn().then == Then::Wait);
  CHECK(rig.store.forwarded() == 0);
  CHECK_FALSE(rig.forwarding.state().problem.empty());
  rig.store.append_many(2);
  rig.drain();
  CHECK(rig.gateway.stored() == rig.store.lines());
  CHECK(rig.forwarding.state().problem.empty());
}

TEST_CASE("forwarder: nothing is acknowledged before a proper 200") {
  Rig rig;
  rig.store.append_many(3);
  rig.gateway.is_away().answers(429).answers(503).answers(200, "OK").answers(401).answers(404).answers(302);
  for (int i = 0; i < 7; ++i) {
    CAPTURE(i);
    static_cast<void>(rig.turn());
    CHECK(rig.store.forwarded() == 0);
    CHECK_FALSE(rig.forwarding.state().problem.empty());
  }
  rig.drain();
  CHECK(rig.gateway.stored() == rig.store.lines());
}

TEST_CASE("forwarder: failures in a row are waited for longer and longer, up to the sync interval") {
  Rig rig;
  rig.store.append();
  milliseconds longest{0};
  for (int failure = 1; failure <= 60; ++failure) {
    rig.gateway.answers(503);
    const auto next = rig.turn();
    CHECK(next.then == Then::Wait);
    CHECK(next.wait > milliseconds(0));
    CHECK(next.wait <=
          std::min<milliseconds>(seconds(60), milliseconds(500) * (std::int64_t{1} << std::min(failure - 1, 10))));
    longest = std::max(longest, next.wait);
  }
  CHECK(longest > seconds(5));
  rig.drain();
  rig.store.append();
  rig.gateway.answers(503);
  CHECK(rig.turn().wait <= milliseconds(500));
}

TEST_CASE("forwarder: Retry-After is kept to") {
  Rig rig;
  rig.store.append();
  rig.gateway.answers(429, {}, "120").answers(503, {}, "9999");
  CHECK(rig.turn().wait == seconds(120));
  CHECK(rig.turn().wait == seconds(600));
}

TEST_CASE("forwarder: a bad token is said and tried again at the sync interval") {
  Rig rig;
  rig.store.append();
  rig.gateway.answers(401);
  const auto next = rig.turn();
  CHECK(next.then == Then::Pause);
  CHECK(next.wait == seconds(60));
  CHECK(rig.forwarding.state().problem == "the gateway refused the token (401): check ADMIN_TOKEN");
  CHECK_FALSE(rig.forwarding.state().paused);
}

TEST_CASE("forwarder: a gateway that takes no events is asked hourly, and forwarding goes on when it does") {
  for (const int status : {404, 405, 501}) {
    CAPTURE(status);
    Rig rig;
    rig.store.append();
    rig.gateway.answers(status);
    const auto next = rig.turn();
    CHECK(next.then == Then::Pause);
    CHECK(next.wait == std::chrono::hours(1));
    CHECK(rig.forwarding.state().paused);
    CHECK_FALSE(rig.forwarding.state().problem.empty());
    rig.drain();
    CHECK_FALSE(rig.forwarding.state().paused);
    CHECK(rig.forwarding.state().problem.empty());
    CHECK(rig.store.refused == 0);
  }
}

TEST_CASE("forwarder: that events are held is told when it begins and when it ends, once each") {
  Rig rig;
  rig.store.append_many(2);
  rig.gateway.answers(401).answers(401).answers(503).answers(401).answers(404).answers(404);
  for (int i = 0; i < 6; ++i) static_cast<void>(rig.turn());
  REQUIRE(rig.notices.size() == 2);
  CHECK(rig.notices[0].what == What::Held);
  CHECK(rig.notices[0].reason == "the gateway refused the token (401): check ADMIN_TOKEN");
  CHECK_FALSE(rig.notices[0].paused);
  CHECK(rig.notices[1].what == What::Held);
  CHECK(rig.notices[1].paused);
  rig.drain();
  rig.store.append();
  rig.drain();
  REQUIRE(rig.notices.size() == 3);
  CHECK(rig.notices[2].what == What::GoingOn);
}

TEST_CASE("forwarder: a gateway that is away or busy holds nothing, any other refusal does") {
  Rig rig;
  rig.store.append();
  rig.gateway.is_away().answers(503).answers(429).answers(408);
  for (int i = 0; i < 4; ++i) {
    static_cast<void>(rig.turn());
    CHECK_FALSE(rig.forwarding.state().held);
  }
  CHECK(rig.notices.empty());
  for (const int status : {401, 403, 404, 405, 409, 418, 501}) {
    CAPTURE(status);
    rig.gateway.answers(status);
    static_cast<void>(rig.turn());
    CHECK(rig.forwarding.state().held);
  }
  CHECK(rig.notices.size() >= 4);
  rig.drain();
  CHECK_FALSE(rig.forwarding.state().held);
}

TEST_CASE("forwarder: events that are refused are told of once a batch, also when they went one by one") {
  Rig rig;
  rig.gateway.rejects[rig.store.append()] = "the id is too odd";
  rig.gateway.rejects[rig.store.append()] = "this one too";
  rig.drain();
  REQUIRE(rig.notices.size() == 1);
  CHECK(rig.notices[0].what == What::Rejected);
  CHECK(rig.notices[0].rejected == 2);
  CHECK(rig.notices[0].reason == "the gateway rejected 2 of 2 events: the id is too odd");
  rig.store.append_many(3);
  for (int i = 0; i < 4; ++i) rig.gateway.answers(413);
  rig.drain();
  REQUIRE(rig.notices.size() == 2);
  CHECK(rig.notices[1].rejected == 3);
  CHECK(rig.notices[1].reason == "the gateway answered 413 to events");
  CHECK(rig.forwarding.state().rejected == 5);
}

TEST_CASE("forwarder: rejected events are counted as dropped and hold up nothing") {
  Rig rig;
  rig.store.append();
  rig.gateway.rejects[rig.store.append()] = "the id is too odd";
  rig.store.append();
  rig.drain();
  CHECK(rig.gateway.stored().size() == 2);
  CHECK(rig.store.refused == 1);
  CHECK(rig.forwarding.state().rejected == 1);
  CHECK(rig.forwarding.state().rejection == "the gateway rejected 1 of 3 events: the id is too odd");
  CHECK(rig.forwarding.state().problem.empty());
}

TEST_CASE("forwarder: the events of a batch that is refused go one by one, and those refused again are dropped") {
  for (const int status : {400, 413}) {
    CAPTURE(status);
    Rig rig;
    rig.store.append_many(5);
    rig.gateway.answers(status);
    rig.gateway.then([](StoringGateway& gateway, const guardian::net::Call& call) { return gateway.store(call.body); });
    rig.gateway.answers(status).answers(503);
    CHECK(rig.turn().then == Then::AtOnce);
    CHECK(rig.store.forwarded() == 0);
    CHECK(rig.turn().then == Then::AtOnce);
    CHECK(rig.store.forwarded() == 1);
    CHECK(rig.turn().then == Then::AtOnce);
    CHECK(rig.store.forwarded() == 2);
    CHECK(rig.turn().then == Then::Wait);
    rig.store.append_many(2);
    rig.drain();
    auto wanted = rig.store.lines();
    wanted.erase(wanted.begin() + 1);
    CHECK(rig.gateway.stored() == wanted);
    CHECK(rig.store.refused == 1);
    std::vector<std::size_t> sizes;
    for (const Posted& post : rig.gateway.posts()) sizes.push_back(post.events.size());
    CHECK(sizes == std::vector<std::size_t>{5, 1, 1, 1, 1, 1, 1, 2});
  }
}

TEST_CASE("forwarder: a gateway that refuses every batch ends with all of them dropped, one by one") {
  Rig rig;
  rig.store.append_many(20);
  for (int i = 0; i < 21; ++i) rig.gateway.answers(400);
  rig.drain();
  CHECK(rig.store.refused == 20);
  CHECK(rig.gateway.posts().size() == 21);
  CHECK(rig.gateway.stored().empty());
}

TEST_CASE("forwarder: damaged lines never stop it") {
  Rig rig;
  rig.store.append();
  rig.store.append_raw("\x01\xff no event\n", 1);
  rig.store.append();
  rig.store.append_raw("{}\n", 1);
  rig.drain();
  CHECK(rig.gateway.stored() == rig.store.lines());
  CHECK(rig.forwarding.state().damaged == 2);
  CHECK(rig.store.refused == 0);
}

TEST_CASE("forwarder: damaged lines are counted once, however often their batch is sent") {
  Rig rig;
  rig.store.append_raw("no event\n", 1);
  rig.store.append();
  rig.gateway.answers(503).answers(503);
  rig.drain();
  CHECK(rig.forwarding.state().damaged == 1);
}

TEST_CASE("forwarder: what a full store let go meanwhile is passed over") {
  Rig rig;
  rig.store.append_many(3);
  rig.store.rotate();
  rig.store.append_many(3);
  rig.gateway.is_away();
  static_cast<void>(rig.turn());
  rig.store.drop_oldest();
  rig.drain();
  const auto lines = rig.store.lines();
  CHECK(rig.gateway.stored() == std::vector<std::string>(lines.begin() + 3, lines.end()));
}

TEST_CASE("forwarder: events of a store that was cleared while a batch was under way are all sent") {
  Rig rig;
  rig.store.append_many(8);
  rig.gateway.then([&](StoringGateway& gateway, const guardian::net::Call& call) {
    rig.store.clear();
    rig.store.append_many(12);
    return gateway.store(call.body);
  });
  static_cast<void>(rig.turn());
  CHECK(rig.store.forwarded() == 0);
  static_cast<void>(rig.turn());
  CHECK(rig.gateway.posts().back().events == rig.store.lines());
  CHECK(rig.store.forwarded() == 12);
}

TEST_CASE("forwarder: a chain that began anew is not sent one by one for a refusal of the one before") {
  Rig rig;
  rig.store.append_many(8);
  rig.gateway.then([&](StoringGateway&, const guardian::net::Call&) {
    rig.store.clear();
    rig.store.append_many(8);
    guardian::net::Answer answer;
    answer.status = 400;
    return answer;
  });
  static_cast<void>(rig.turn());
  static_cast<void>(rig.turn());
  CHECK(rig.gateway.posts().back().events == rig.store.lines());
  CHECK(rig.store.forwarded() == 8);
}

TEST_CASE("forwarder: where a batch ended says nothing of a chain that began anew") {
  Rig rig;
  rig.store.append_many(3);
  rig.gateway.is_away();
  static_cast<void>(rig.turn());
  rig.store.clear();
  rig.store.append({.alert = true, .filling = "long"});
  rig.store.append_many(3);
  REQUIRE(rig.store.acknowledge(3, rig.store.generation()).ok());
  rig.drain();
  const auto lines = rig.store.lines();
  CHECK(rig.gateway.posts().back().events == std::vector<std::string>(lines.begin() + 3, lines.end()));
  CHECK(rig.forwarding.state().damaged == 0);
}

TEST_CASE("forwarder: that an acknowledgement could not be kept is said, and forwarding goes on") {
  Rig rig;
  rig.store.append();
  rig.store.acknowledge_fails = true;
  CHECK(rig.turn().then == Then::Wait);
  CHECK(rig.forwarding.state().problem == "keeping what was forwarded: no space left");
  rig.store.append();
  rig.drain();
  CHECK(rig.gateway.stored() == rig.store.lines());
}

TEST_CASE("forwarder: an event that is larger than a batch goes alone") {
  Rig rig;
  rig.store.append();
  const std::size_t without = rig.store.lines().front().size();
  rig.store.append({.alert = false, .filling = std::string(guardian::audit::kMaxLineBytes - without, 'x')});
  rig.store.append();
  rig.drain();
  REQUIRE(rig.gateway.posts().size() == 3);
  CHECK(rig.gateway.posts()[1].body_bytes > guardian::audit::kMaxBatchBytes);
  CHECK(rig.gateway.stored() == rig.store.lines());
}
