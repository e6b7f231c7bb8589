#include "guardian/limits/redis_store.h"

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <string>
#include <thread>

#include "guardian/limits/make_store.h"
#include "tests/unit/limits/asking.h"
#include "tests/unit/limits/charges.h"
#include "tests/unit/limits/redis_server.h"

namespace guardian::limits {

namespace {

using namespace std::chrono_literals;
using namespace test_charges;
using Kind = Verdict::Kind;

// Tests of counting wait as long as a busy machine needs; those of falling back have the patience of production.
constexpr std::chrono::milliseconds kMuchPatience = 20s;

struct Sidecar {
  explicit Sidecar(const std::string& url, std::chrono::milliseconds patience = kMuchPatience)
      : store(RedisUrl::parse(url).value(), std::make_unique<LocalStore>(LocalOptions{}, files, clock), clock,
              patience) {}
  [[nodiscard]] bool shares() const { return store.problem().empty(); }

  base::SystemClock clock;
  base::SystemFileSystem files;
  RedisStore store;
};

std::string problem_of(const RedisServer& server, const std::string& why) {
  return "rate limits are counted locally: redis at 127.0.0.1:" + std::to_string(server.port()) + ": " + why;
}

}  // namespace

TEST_CASE("redis store: two sidecars and 32 threads together get the limit, and not one more") {
  RedisServer server;
  Sidecar one(server.url());
  Sidecar two(server.url());
  REQUIRE(soon([&] { return one.shares() && two.shares(); }));
  std::atomic<int> admitted = 0;
  std::atomic<int> unanswered = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 32; ++t) {
      threads.emplace_back([&, t] {
        Store& store = t % 2 == 0 ? one.store : two.store;
        const std::array charges = {of_both("a", per_day(900), per_hour(333)), of_rule("b", per_day(100'000))};
        for (int i = 0; i < 20; ++i) {
          const auto verdicts = ask(store, charges);
          if (verdicts.empty()) {
            ++unanswered;
          } else if (verdicts[0].kind == Kind::Admitted) {
            ++admitted;
          }
        }
      });
    }
  }
  CHECK(unanswered == 0);
  CHECK(admitted == 333);
  CHECK(one.shares());
  CHECK(two.shares());
  // The other charges were all counted: 640 of them.
  CHECK(ask(one.store, of_rule("b", per_day(640))).kind == Kind::Refused);
  CHECK(ask(two.store, of_rule("b", per_day(641))).kind == Kind::Admitted);
}

TEST_CASE("redis store: a span is judged in order, all counts of a charge or none") {
  RedisServer server;
  Sidecar sidecar(server.url());
  REQUIRE(soon([&] { return sidecar.shares(); }));
  const std::array charges = {
      of_both("a", per_hour(2), per_day(9)), of_rule("b", per_hour(1)), of_both("a", per_hour(2), per_day(9)),
      of_both("a", per_hour(2), per_day(9)), of_rule("b", per_hour(1)), of_rule("a", per_day(9), "")};
  const auto verdicts = ask(sidecar.store, charges);
  REQUIRE(verdicts.size() == 6);
  CHECK(verdicts[0].kind == Kind::Admitted);
  CHECK(verdicts[1].kind == Kind::Admitted);
  CHECK(verdicts[2].kind == Kind::Admitted);
  CHECK(verdicts[3].kind == Kind::Refused);
  CHECK(verdicts[3].retry_after_ms == 3'600'000);
  CHECK(verdicts[4].kind == Kind::Refused);
  CHECK(verdicts[5].kind == Kind::Admitted);
  // The policy's count has three: the refused charge left nothing there.
  CHECK(ask(sidecar.store, of_rule("a", per_day(3), "")).kind == Kind::Refused);
  CHECK(ask(sidecar.store, of_rule("a", per_day(4), "")).kind == Kind::Admitted);
}

TEST_CASE("redis store: what Redis admitted is known when it goes away") {
  RedisServer server;
  Sidecar sidecar(server.url());
  REQUIRE(soon([&] { return sidecar.shares(); }));
  for (int i = 0; i < 3; ++i) CHECK(ask(sidecar.store, of_rule("a", per_day(3))).kind == Kind::Admitted);
  server.kill();
  REQUIRE(soon([&] { return !sidecar.shares(); }));
  CHECK(ask(sidecar.store, of_rule("a", per_day(3))).kind == Kind::Refused);
  CHECK(ask(sidecar.store, of_rule("b", per_day(3))).kind == Kind::Admitted);
  CHECK(soon([&] { return sidecar.store.problem() == problem_of(server, "connection refused"); }));
}

TEST_CASE("redis store: a server that is killed and started again mid-run costs no verdict and is used again") {
  RedisServer server;
  Sidecar sidecar(server.url(), kRedisPatience);
  REQUIRE(soon([&] { return sidecar.shares(); }));
  std::atomic<bool> over = false;
  std::atomic<int> answered = 0;
  std::atomic<int> unanswered = 0;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      while (!over) {
        const Charge charge = of_rule("a", per_day(1'000'000));
        (ask(sidecar.store, std::span(&charge, 1)).empty() ? unanswered : answered) += 1;
        std::this_thread::sleep_for(1ms);
      }
    });
  }
  CHECK(soon([&] { return answered > 100; }));
  server.kill();
  CHECK(soon([&] { return !sidecar.shares(); }));
  const int before = answered;
  CHECK(soon([&] { return answered > before + 100; }));
  server.start();
  CHECK(soon([&] { return sidecar.shares(); }));
  CHECK(soon([&] { return server.command({"EXISTS", "guardian:1:p1:r1:a:d"}).starts_with(":1"); }));
  over = true;
  threads.clear();
  CHECK(unanswered == 0);
}

TEST_CASE("redis store: a server that hangs is not waited for, and is used again when it goes on") {
  RedisServer server;
  Sidecar sidecar(server.url(), kRedisPatience);
  REQUIRE(soon([&] { return sidecar.shares(); }));
  server.stop_answering();
  // The first may have to wait for the patience to end, the others are judged at once.
  for (int i = 0; i < 100; ++i) CHECK(ask(sidecar.store, of_rule("a", per_day(100))).kind == Kind::Admitted);
  CHECK(ask(sidecar.store, of_rule("a", per_day(100))).kind == Kind::Refused);
  CHECK(sidecar.store.problem() == problem_of(server, "no answer in time"));
  server.go_on_answering();
  CHECK(soon([&] { return sidecar.shares(); }));
}

TEST_CASE("redis store: its end tells all who wait") {
  RedisServer server;
  std::array<Verdict, 1> verdicts;
  std::array<Verdict, 1> more_verdicts;
  Signal signal;
  Signal more_signal;
  const std::array charges = {of_rule("a", per_day(1))};
  {
    Sidecar sidecar(server.url());
    REQUIRE(soon([&] { return sidecar.shares(); }));
    server.stop_answering();
    REQUIRE_FALSE(sidecar.store.charge(charges, verdicts, signal));
    REQUIRE_FALSE(sidecar.store.charge(charges, more_verdicts, more_signal));
  }
  CHECK(signal.wait());
  CHECK(more_signal.wait());
  CHECK(verdicts[0].kind == Kind::Admitted);
  CHECK(more_verdicts[0].kind == Kind::Refused);
}

TEST_CASE("redis store: a server that has forgotten the script is told it again") {
  RedisServer server;
  Sidecar sidecar(server.url());
  REQUIRE(soon([&] { return sidecar.shares(); }));
  CHECK(ask(sidecar.store, of_rule("a", per_day(1))).kind == Kind::Admitted);
  CHECK(server.command({"SCRIPT", "FLUSH"}).starts_with("+OK"));
  CHECK(ask(sidecar.store, of_rule("b", per_day(1))).kind == Kind::Admitted);
  CHECK(ask(sidecar.store, of_rule("a", per_day(1))).kind == Kind::Refused);
  CHECK(sidecar.shares());
  CHECK(server.command({"EXISTS", "guardian:1:p1:r1:b:d"}).starts_with(":1"));
}

TEST_CASE("redis store: what this process allowed itself counts, whatever Redis has forgotten") {
  RedisServer server;
  Sidecar sidecar(server.url());
  REQUIRE(soon([&] { return sidecar.shares(); }));
  const auto charge = of_rule("a", per_day(2));
  CHECK(ask(sidecar.store, charge).kind == Kind::Admitted);
  CHECK(ask(sidecar.store, charge).kind == Kind::Admitted);
  CHECK(server.command({"FLUSHALL"}).starts_with("+OK"));
  CHECK(ask(sidecar.store, charge).kind == Kind::Refused);
}

TEST_CASE("redis store: a batch that is much work is not taken for a server that is away") {
  RedisServer server;
  Sidecar sidecar(server.url());
  REQUIRE(soon([&] { return sidecar.shares(); }));
  Charge heavy = of_rule("a", {1'000'000, 1'000'000, 1'000'000, 1'000'000});
  heavy.counters[1] = heavy.counters[0];
  heavy.counters[1].rule = "";
  heavy.size = 2;
  const std::vector<Charge> batch(1'000, heavy);
  for (const Verdict& verdict : ask(sidecar.store, batch)) CHECK(verdict.kind == Kind::Admitted);
  CHECK(sidecar.shares());
}

TEST_CASE("redis store: an error instead of verdicts is judged locally and said") {
  RedisServer server;
  Sidecar sidecar(server.url());
  REQUIRE(soon([&] { return sidecar.shares(); }));
  CHECK(server.command({"SET", "guardian:1:p1:r1:a:d", "no list"}).starts_with("+OK"));
  const auto charge = of_rule("a", per_day(1));
  CHECK(ask(sidecar.store, charge).kind == Kind::Admitted);
  // A busy machine may be late with the answer, which is said first.
  CHECK(soon([&] {
    CHECK(ask(sidecar.store, charge).kind == Kind::Refused);
    return sidecar.store.problem().starts_with(problem_of(server, "WRONGTYPE"));
  }));
}

TEST_CASE("redis store: user, password and database are used, and a wrong password is said without its letters") {
  RedisServer server({"--requirepass", "right-one"});
  Sidecar right(server.url(":right-one@", "/5"));
  CHECK(soon([&] { return right.shares(); }));
  CHECK(ask(right.store, of_rule("a", per_day(1))).kind == Kind::Admitted);
  CHECK(server.command({"AUTH", "right-one"}).starts_with("+OK"));
  CHECK(server.command({"SELECT", "5"}).starts_with("+OK"));
  CHECK(server.command({"EXISTS", "guardian:1:p1:r1:a:d"}).starts_with(":1"));
  Sidecar named(server.url("default:right-one@"));
  CHECK(soon([&] { return named.shares(); }));
  Sidecar wrong(server.url(":wrong-one@"));
  CHECK(soon([&] { return wrong.store.problem() == problem_of(server, "authentication failed (WRONGPASS)"); }));
  Sidecar none(server.url());
  CHECK(soon([&] { return none.store.problem() == problem_of(server, "loading the script failed (NOAUTH)"); }));
}

TEST_CASE("redis store: names with separators in them are counted apart") {
  RedisServer server;
  Sidecar sidecar(server.url());
  REQUIRE(soon([&] { return sidecar.shares(); }));
  const auto named = [](std::string_view policy, std::string_view rule, std::string_view agent) {
    Charge charge = of_rule(agent, per_day(1));
    charge.counters[0].policy = policy;
    charge.counters[0].rule = rule;
    return charge;
  };
  CHECK(ask(sidecar.store, named("p", "r", "a")).kind == Kind::Admitted);
  CHECK(ask(sidecar.store, named("p1:r", "", "a")).kind == Kind::Admitted);
  CHECK(ask(sidecar.store, named("p", "", "r1:a")).kind == Kind::Admitted);
  CHECK(ask(sidecar.store, named("p", "r", std::string_view("a\0", 2))).kind == Kind::Admitted);
  CHECK(ask(sidecar.store, named("p", "r", "a")).kind == Kind::Refused);
}

TEST_CASE("redis store: the settings choose the store, and only a wrong URL makes none") {
  base::SystemFileSystem files;
  const base::SystemClock clock;
  RedisServer server;
  const auto shared = make_store({server.url(), "", kDefaultMaxCountBytes}, files, clock);
  REQUIRE(shared.ok());
  CHECK(soon([&] { return (*shared)->problem().empty(); }));
  CHECK(ask(**shared, of_rule("a", per_day(1))).kind == Kind::Admitted);
  CHECK(server.command({"EXISTS", "guardian:1:p1:r1:a:d"}).starts_with(":1"));
  const auto local = make_store({}, files, clock);
  REQUIRE(local.ok());
  CHECK((*local)->problem().empty());
  CHECK(make_store({"redis:", "", kDefaultMaxCountBytes}, files, clock).error().code() ==
        base::ErrorCode::InvalidInput);
}

}  // namespace guardian::limits
