#include "guardian/tools/replay.h"

#include <doctest/doctest.h>

#include <string>

#include "replay_trail.h"
#include "support/fake_clock.h"

namespace guardian {

namespace {

using test::DecisionFields;
using tools::Change;
using tools::ReplayKind;

constexpr std::string_view kPolicy =
    R"({"name":"docs","version":"1","appliesTo":{"agentIds":["*"]},"rules":[)"
    R"({"id":"read","effect":"allow","actions":["read:*"]},)"
    R"({"id":"small","effect":"allow","actions":["write:*"],"conditions":"context.amount < 100"},)"
    R"({"id":"limited","effect":"allow","actions":["call:*"],"rateLimit":{"requestsPerMinute":2}},)"
    R"({"id":"no-delete","effect":"deny","actions":["delete:*"],"reason":"Never"}]})";

std::string time_at(int seconds, int millis = 0) {
  return base::format_rfc3339_millis(test::time_of("2026-04-18T12:00:00Z") + std::chrono::seconds(seconds) +
                                     std::chrono::milliseconds(millis));
}

DecisionFields allowed(std::string action, std::string rule) {
  DecisionFields fields;
  fields.action = std::move(action);
  fields.rule = std::move(rule);
  fields.time = time_at(0);
  return fields;
}

DecisionFields denied(std::string action, std::string rule, std::string reason) {
  DecisionFields fields = allowed(std::move(action), std::move(rule));
  fields.decision = "deny";
  fields.reason = std::move(reason);
  return fields;
}

DecisionFields limited_at(int seconds, int millis = 0) {
  DecisionFields fields = denied("call:x", "limited", "Rate limit exceeded");
  fields.extra = R"("retryAfterMs":1000)";
  fields.time = time_at(seconds, millis);
  return fields;
}

DecisionFields called_at(int seconds, int millis = 0) {
  DecisionFields fields = allowed("call:x", "limited");
  fields.time = time_at(seconds, millis);
  return fields;
}

// One replay with its trail.
struct Bench {
  explicit Bench(ReplayKind kind, std::string_view policy = kPolicy, std::uint64_t first_seq = 1,
                 tools::ReplayOptions options = {})
      : bundles(test::replay_engine(policy)),
        replay(with_kind(std::move(options), kind), bundles),
        trail(replay, first_seq) {}

  static tools::ReplayOptions with_kind(tools::ReplayOptions options, ReplayKind kind) {
    options.kind = kind;
    return options;
  }
  [[nodiscard]] tools::ReplayReport report() { return std::move(replay).finish(); }

  tools::OneBundle bundles;
  tools::Replay replay;
  test::ReplayTrail trail;
};

std::uint64_t count_of(const tools::ReplayReport& report, std::string_view why) {
  const auto found = report.reasons().find(why);
  return found == report.reasons().end() ? 0 : found->second;
}

void check_all_same(const tools::ReplayReport& report, std::uint64_t decisions) {
  CHECK(report.decisions() == decisions);
  CHECK(report.same() == decisions);
  CHECK(report.groups().empty());
  CHECK(report.not_comparable() == 0);
}

}  // namespace

TEST_CASE("replay: what was decided comes out again") {
  Bench bench(ReplayKind::Recorded);
  bench.trail.add(allowed("read:x", "read"));
  DecisionFields small = allowed("write:x", "small");
  small.context_json = R"({"amount":99})";
  bench.trail.add(small);
  bench.trail.add(denied("delete:x", "no-delete", "Never"));
  bench.trail.add(denied("write:x", "default", "No rule allows this action"));
  DecisionFields let_pass = denied("delete:x", "no-delete", "Never");
  let_pass.decision = "allow";
  let_pass.mode = "audit";
  let_pass.would_deny = true;
  bench.trail.add(let_pass);
  check_all_same(bench.report(), 5);
}

TEST_CASE("replay: allow to deny and deny to allow are grouped, with when and an event to look at") {
  Bench bench(ReplayKind::Another);
  for (int i = 0; i < 3; ++i) {
    DecisionFields fields = allowed("delete:x", "free-for-all");
    fields.time = time_at(i);
    fields.id = "sample-" + std::to_string(i);
    bench.trail.add(fields);
  }
  bench.trail.add(denied("read:x", "default", "No rule allows this action"));
  bench.trail.add(allowed("read:x", "read"));
  const auto report = bench.report();
  CHECK(report.changed(Change::NewlyDenied) == 3);
  CHECK(report.changed(Change::NewlyAllowed) == 1);
  CHECK(report.same() == 1);
  const auto groups = report.groups();
  REQUIRE(groups.size() == 2);
  const tools::ChangeGroup& lost = *groups[0];
  CHECK(lost.change == Change::NewlyDenied);
  CHECK(lost.count == 3);
  CHECK(lost.agent_id == "agent_abc123");
  CHECK(lost.action == "delete:x");
  CHECK(lost.was.rule == "free-for-all");
  CHECK(lost.now.rule == "no-delete");
  CHECK(lost.now.reason == "Never");
  CHECK(lost.first == test::time_of(time_at(0)));
  CHECK(lost.last == test::time_of(time_at(2)));
  CHECK(lost.sample == "sample-0");
  CHECK(groups[1]->change == Change::NewlyAllowed);
  CHECK(groups[1]->was.rule == "default");
}

TEST_CASE("replay: another rule with the same decision is counted, and only a mismatch where nothing may differ") {
  for (const auto kind : {ReplayKind::Another, ReplayKind::Recorded}) {
    Bench bench(kind);
    bench.trail.add(allowed("read:x", "old-read"));
    bench.trail.add(denied("delete:x", "no-delete", "Another text"));
    const auto report = bench.report();
    CHECK(report.changed(Change::Otherwise) == 2);
    CHECK(report.groups().size() == (kind == ReplayKind::Recorded ? 2 : 0));
  }
}

TEST_CASE("replay: time windows and expiry are judged at the recorded time") {
  constexpr std::string_view kOfficeHours =
      R"({"name":"docs","version":"1","appliesTo":{"agentIds":["*"]},"rules":[)"
      R"({"id":"read","effect":"allow","actions":["read:*"],"conditions":"time.hour >= 9 AND time.hour < 18"}]})";
  Bench bench(ReplayKind::Recorded, kOfficeHours);
  bench.trail.add(allowed("read:x", "read"));
  DecisionFields late = denied("read:x", "default", "No rule allows this action");
  late.time = "2026-04-18T18:00:00.000Z";
  bench.trail.add(late);
  check_all_same(bench.report(), 2);
}

TEST_CASE("replay: what no policy decided is not comparable, with why") {
  Bench bench(ReplayKind::Another);
  for (const char* const reason :
       {"No policy bundle is loaded", "Policy bundle has expired", "Policy bundle is too old", "Audit log is full",
        "Invalid token", "Token required", "Agent mismatch"}) {
    DecisionFields fields = denied("read:x", "", reason);
    fields.policy.clear();
    bench.trail.add(fields);
  }
  bench.trail.add(denied("call:x", "limited", "Rate limit store is full"));
  const auto report = bench.report();
  CHECK(report.not_comparable() == 8);
  CHECK(report.reasons().size() == 8);
  CHECK(count_of(report, "Invalid token") == 1);
  CHECK(count_of(report, "Rate limit store is full") == 1);
}

TEST_CASE("replay: a policy's own reason is not taken for one of these") {
  Bench bench(ReplayKind::Another);
  bench.trail.add(denied("read:x", "strict", "Invalid token"));
  CHECK(bench.report().changed(Change::NewlyAllowed) == 1);
}

TEST_CASE("replay: inputs that are not whole are not comparable") {
  Bench bench(ReplayKind::Recorded);
  DecisionFields fields = allowed("write:x", "small");
  fields.context_json = R"({"amount":"[redacted:0a1b2c3d]"})";
  bench.trail.add(fields);
  const auto report = bench.report();
  CHECK(report.not_comparable() == 1);
  CHECK(count_of(report, "context redacted") == 1);
}

TEST_CASE("replay: a bundle that is not kept makes its events not comparable") {
  struct None final : tools::ReplayBundles {
    std::shared_ptr<const tools::ReplayBundle> of(std::string_view) override { return nullptr; }
  } none;
  tools::Replay replay(Bench::with_kind({}, ReplayKind::Recorded), none);
  test::ReplayTrail trail(replay);
  trail.add(allowed("read:x", "read"));
  const auto report = std::move(replay).finish();
  CHECK(count_of(report, "its bundle is not kept") == 1);
}

TEST_CASE("replay: an event that is not understood is not comparable") {
  Bench bench(ReplayKind::Recorded);
  bench.trail.add(R"("type":"decision","time":"2026-04-18T12:00:00.000Z")");
  bench.trail.add(R"("type":"external","time":"2026-04-18T12:00:00.000Z","event":{})");
  const auto report = bench.report();
  CHECK(report.decisions() == 1);
  CHECK(count_of(report, "event not understood") == 1);
}

TEST_CASE("replay: only what was selected is reported") {
  tools::ReplayOptions options;
  audit::FilterTexts texts;
  texts.from = time_at(10);
  texts.to = time_at(20);
  const auto filter = audit::Filter::make(texts, base::TimePoint());
  REQUIRE(filter.ok());
  options.filter = *filter;
  Bench bench(ReplayKind::Recorded, kPolicy, 1, options);
  for (const int second : {9, 10, 20, 21}) {
    DecisionFields fields = allowed("read:x", "read");
    fields.time = time_at(second);
    bench.trail.add(fields);
  }
  check_all_same(bench.report(), 2);
}

TEST_CASE("replay: rate limits are rebuilt from what was allowed") {
  Bench bench(ReplayKind::Recorded);
  bench.trail.add(called_at(0));
  bench.trail.add(called_at(1));
  bench.trail.add(limited_at(2));
  bench.trail.add(limited_at(50));
  bench.trail.add(called_at(61));
  bench.trail.add(limited_at(61, 100));
  check_all_same(bench.report(), 6);
}

TEST_CASE("replay: a refusal that the trail does not bear out is a mismatch") {
  Bench bench(ReplayKind::Recorded);
  bench.trail.add(called_at(0));
  bench.trail.add(limited_at(2));
  const auto report = bench.report();
  CHECK(report.changed(Change::NewlyAllowed) == 1);
  CHECK(report.groups().at(0)->was.reason == "Rate limit exceeded");
}

TEST_CASE("replay: an allow past the limit is a mismatch") {
  Bench bench(ReplayKind::Recorded);
  for (int i = 0; i < 3; ++i) bench.trail.add(called_at(i));
  const auto report = bench.report();
  CHECK(report.changed(Change::NewlyDenied) == 1);
  CHECK(report.groups().at(0)->now.reason == "Rate limit exceeded");
}

TEST_CASE("replay: a refusal recorded before the allow that filled the limit is borne out") {
  Bench bench(ReplayKind::Recorded);
  bench.trail.add(called_at(0));
  bench.trail.add(limited_at(1));
  bench.trail.add(called_at(1));
  check_all_same(bench.report(), 3);
}

TEST_CASE("replay: within the margin of an interval what was recorded holds") {
  Bench early(ReplayKind::Recorded);
  early.trail.add(called_at(0));
  early.trail.add(called_at(0));
  early.trail.add(called_at(59, 990));
  check_all_same(early.report(), 3);
  Bench late(ReplayKind::Recorded);
  late.trail.add(called_at(0));
  late.trail.add(called_at(0));
  late.trail.add(limited_at(60, 300));
  check_all_same(late.report(), 3);
}

TEST_CASE("replay: another bundle's limits count what it would have allowed") {
  std::string tighter(kPolicy);
  tighter.replace(tighter.find("\"requestsPerMinute\":2"), 21, "\"requestsPerMinute\":1");
  Bench bench(ReplayKind::Another, tighter);
  bench.trail.add(called_at(0));
  bench.trail.add(called_at(30));
  bench.trail.add(called_at(62));
  const auto report = bench.report();
  // The one in the middle is refused, and so does not count against the last.
  CHECK(report.changed(Change::NewlyDenied) == 1);
  CHECK(report.same() == 2);
}

TEST_CASE("replay: a higher limit allows what was refused") {
  std::string wider(kPolicy);
  wider.replace(wider.find("\"requestsPerMinute\":2"), 21, "\"requestsPerMinute\":3");
  Bench bench(ReplayKind::Another, wider);
  bench.trail.add(called_at(0));
  bench.trail.add(called_at(1));
  bench.trail.add(limited_at(2));
  bench.trail.add(limited_at(3));
  const auto report = bench.report();
  CHECK(report.changed(Change::NewlyAllowed) == 1);
  CHECK(report.same() == 3);
}

TEST_CASE("replay: allows whose context is redacted count all the same") {
  Bench bench(ReplayKind::Recorded);
  for (int i = 0; i < 2; ++i) {
    DecisionFields fields = called_at(i);
    fields.context_json = R"({"password":"[redacted:0a1b2c3d]"})";
    bench.trail.add(fields);
  }
  bench.trail.add(limited_at(2));
  const auto report = bench.report();
  CHECK(report.not_comparable() == 2);
  CHECK(report.same() == 1);
}

TEST_CASE("replay: counts from before the trail, or from a gap in it, decide nothing") {
  Bench begins_late(ReplayKind::Recorded, kPolicy, 500);
  begins_late.trail.add(limited_at(0));
  begins_late.trail.add(called_at(62));
  begins_late.trail.add(limited_at(63));
  const auto late = begins_late.report();
  CHECK(count_of(late, "rate limit counted before what the trail tells") == 1);
  CHECK(late.changed(Change::NewlyAllowed) == 1);

  Bench gap(ReplayKind::Recorded);
  gap.trail.add(called_at(0));
  gap.trail.skip(5);
  gap.trail.add(called_at(1));
  gap.trail.add(limited_at(2));
  check_all_same(gap.report(), 3);
  Bench hidden(ReplayKind::Recorded);
  hidden.trail.add(called_at(0));
  hidden.trail.skip(5);
  hidden.trail.add(limited_at(2));
  CHECK(hidden.report().not_comparable() == 1);
}

TEST_CASE("replay: after a kill the store may have allowed more, after a stop it may not") {
  const auto run = [](bool stopped) {
    Bench bench(ReplayKind::Recorded);
    bench.trail.add(called_at(0));
    bench.trail.add(called_at(1));
    if (stopped) bench.trail.add(R"("type":"sidecar.stopped","time":")" + time_at(2) + "\"");
    bench.trail.add(R"("type":"sidecar.started","time":")" + time_at(3) + "\"");
    bench.trail.add(called_at(4));
    return bench.report();
  };
  CHECK(count_of(run(false), "rate limit counts lost by a kill") == 1);
  CHECK(run(true).changed(Change::NewlyDenied) == 1);
}

TEST_CASE("replay: counts shared by a fleet decide nothing against the record") {
  tools::ReplayOptions options;
  options.shared_counts = true;
  Bench bench(ReplayKind::Recorded, kPolicy, 1, options);
  bench.trail.add(called_at(0));
  bench.trail.add(limited_at(1));
  CHECK(count_of(bench.report(), "rate limit shared with other sidecars") == 1);
}

TEST_CASE("replay: refusals that wait are bounded, and none is forgotten") {
  Bench bench(ReplayKind::Recorded);
  bench.trail.add(called_at(0));
  bench.trail.add(called_at(0));
  constexpr std::uint64_t kMany = tools::Replay::kMaxHeld + 10;
  for (std::uint64_t i = 0; i < kMany; ++i) bench.trail.add(limited_at(1));
  check_all_same(bench.report(), kMany + 2);
}

TEST_CASE("replay: groups past the cap are counted and not told apart") {
  Bench bench(ReplayKind::Another);
  DecisionFields fields = allowed("delete:x", "any");
  for (std::size_t i = 0; i < tools::ReplayReport::kMaxGroups + 5; ++i) {
    fields.action = "delete:" + std::to_string(i);
    bench.trail.add(fields);
  }
  const auto report = bench.report();
  CHECK(report.groups().size() == tools::ReplayReport::kMaxGroups);
  CHECK(report.ungrouped() == 5);
  CHECK(report.changed(Change::NewlyDenied) == tools::ReplayReport::kMaxGroups + 5);
}

}  // namespace guardian
