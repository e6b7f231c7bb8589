#include "guardian/gateway/board.h"

#include <doctest/doctest.h>

#include <future>

#include "support/fake_clock.h"

using guardian::gateway::Board;
using guardian::gateway::Held;
using guardian::gateway::Published;
using guardian::net::Reply;
using guardian::net::Response;
using std::chrono::seconds;

namespace {

std::shared_ptr<const Published> publication(const std::string& version) {
  return std::make_shared<const Published>(
      Published{{}, {}, *guardian::bundle::Version::parse(version), {}, 0, 0, {}, nullptr});
}

// Answers with the version that is shown.
Held asking(std::promise<std::string>& answer) {
  return Held{Reply([&answer](const Response& response) { answer.set_value(response.body); }),
              [](const Published& shown) {
                Response response;
                response.body = shown.version.text();
                return response;
              }};
}

constexpr seconds kPatience{60};

std::string answer_of(std::promise<std::string>& promise) {
  auto future = promise.get_future();
  REQUIRE(future.wait_for(kPatience) == std::future_status::ready);
  return future.get();
}

struct Rig {
  guardian::test::FakeClock clock;
  std::shared_ptr<const Published> first = publication("1");
  Board board{first, 2, clock};
};

}  // namespace

TEST_CASE("board: what is published wakes all that wait for it") {
  Rig rig;
  std::promise<std::string> one;
  std::promise<std::string> two;
  CHECK_FALSE(rig.board.hold(rig.first, asking(one), seconds(300)).has_value());
  CHECK_FALSE(rig.board.hold(rig.first, asking(two), seconds(1)).has_value());
  CHECK(rig.board.held() == 2);
  rig.board.publish(publication("2"));
  CHECK(answer_of(one) == "2");
  CHECK(answer_of(two) == "2");
  CHECK(rig.board.held() == 0);
  CHECK(rig.board.current()->version.text() == "2");
}

TEST_CASE("board: a wait that is over is answered with what is there, and the others wait on") {
  Rig rig;
  std::promise<std::string> patient;
  std::promise<std::string> hasty;
  CHECK_FALSE(rig.board.hold(rig.first, asking(patient), seconds(300)).has_value());
  rig.clock.advance(seconds(10));
  // Its arrival has the clock looked at; its own wait is over as soon as it begins.
  CHECK_FALSE(rig.board.hold(rig.first, asking(hasty), seconds(0)).has_value());
  CHECK(answer_of(hasty) == "1");
  CHECK(rig.board.held() == 1);
  rig.board.close();
  CHECK(answer_of(patient) == "1");
}

TEST_CASE("board: who has not seen what is current is not held") {
  Rig rig;
  rig.board.publish(publication("2"));
  std::promise<std::string> late;
  auto returned = rig.board.hold(rig.first, asking(late), seconds(300));
  REQUIRE(returned.has_value());
  std::move(*returned).answer(*rig.board.current());
  CHECK(answer_of(late) == "2");
}

TEST_CASE("board: beyond the bound nobody is held, and a place that is left is taken again") {
  Rig rig;
  std::promise<std::string> promises[4];
  CHECK_FALSE(rig.board.hold(rig.first, asking(promises[0]), seconds(300)).has_value());
  CHECK_FALSE(rig.board.hold(rig.first, asking(promises[1]), seconds(300)).has_value());
  CHECK(rig.board.hold(rig.first, asking(promises[2]), seconds(300)).has_value());
  const auto next = publication("2");
  rig.board.publish(next);
  CHECK_FALSE(rig.board.hold(next, asking(promises[3]), seconds(300)).has_value());
  rig.board.close();
  CHECK(answer_of(promises[3]) == "2");
}

TEST_CASE("board: once closed it holds nobody, and what was held has been answered") {
  Rig rig;
  std::promise<std::string> held;
  std::promise<std::string> late;
  CHECK_FALSE(rig.board.hold(rig.first, asking(held), seconds(300)).has_value());
  rig.board.close();
  CHECK(answer_of(held) == "1");
  CHECK(rig.board.hold(rig.first, asking(late), seconds(300)).has_value());
  rig.board.close();
}
