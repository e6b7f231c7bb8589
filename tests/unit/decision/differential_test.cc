#include <doctest/doctest.h>

#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>

#include "answers.h"
#include "guardian/base/text.h"
#include "guardian/bundle/payload.h"
#include "guardian/decision/engine.h"
#include "guardian/json/reader.h"
#include "support/naive/generator.h"
#include "support/naive/naive.h"

using namespace guardian;

namespace {

constexpr std::uint64_t kFirstSeed = 20'260'418;
constexpr std::size_t kRequestsPerBundle = 50;
constexpr std::size_t kCases = 100'000;
constexpr std::size_t kGuardBundles = 800;
constexpr std::size_t kMostFaults = 5;

std::size_t case_count() {
  const char* wanted = std::getenv("GUARDIAN_DIFFERENTIAL_CASES");
  if (wanted == nullptr) return kCases;
  return static_cast<std::size_t>(base::parse_unsigned(wanted).value_or(kCases));
}

std::optional<decision::Engine> engine_of(const std::string& payload, std::uint64_t seed) {
  auto parsed = bundle::parse_payload(payload);
  if (!parsed) {
    FAIL_CHECK("seed " << seed << ": the generated payload is refused: " << parsed.error().message() << "\n"
                       << payload);
    return std::nullopt;
  }
  return decision::Engine(std::make_shared<const bundle::Payload>(std::move(parsed).value()));
}

// What an answer came to, for the count of what the generator reaches.
std::string cause_of(const testing::NaiveAnswer& answer) {
  if (answer.approval_id) return "approved";
  if (answer.requires_approval) return "approval required";
  if (answer.rule == "default") return answer.allow ? "default allow" : "default deny";
  if (answer.rule == "ceiling") return "ceiling";
  if (answer.allow) return "allowed by a rule";
  return answer.policy ? "denied by a rule" : *answer.reason;
}

struct Survey {
  std::map<std::string, std::size_t, std::less<>> causes;
  std::size_t with_dry_run = 0;
  std::size_t hang_on_undecided = 0;  // another answer, were the undecided simply false
  testing::NaiveStatistics statistics;
};

Survey survey() {
  Survey survey;
  for (std::uint64_t seed = kFirstSeed; seed < kFirstSeed + kGuardBundles; ++seed) {
    testing::Generator generator(seed);
    const json::Document payload = json::parse(generator.payload()).value();
    for (std::size_t i = 0; i < kRequestsPerBundle; ++i) {
      const testing::GeneratedRequest asked = generator.request();
      const auto answer = testing::naive_decide(payload.root(), asked.agent_id, asked.request, asked.now,
                                                {.statistics = &survey.statistics});
      const auto without =
          testing::naive_decide(payload.root(), asked.agent_id, asked.request, asked.now, {.undecided_counts = false});
      ++survey.causes[cause_of(answer)];
      if (!answer.dry_run.empty()) ++survey.with_dry_run;
      if (answer != without) ++survey.hang_on_undecided;
    }
  }
  return survey;
}

}  // namespace

TEST_CASE("decide: the engine answers generated requests over generated bundles as the oracle does") {
  std::size_t faults = 0;
  const std::size_t bundles = (case_count() + kRequestsPerBundle - 1) / kRequestsPerBundle;
  for (std::uint64_t seed = kFirstSeed; seed < kFirstSeed + bundles && faults < kMostFaults; ++seed) {
    testing::Generator generator(seed);
    const std::string payload = generator.payload();
    const auto engine = engine_of(payload, seed);
    if (!engine) {
      ++faults;
      continue;
    }
    for (std::size_t i = 0; i < kRequestsPerBundle && faults < kMostFaults; ++i) {
      const testing::GeneratedRequest asked = generator.request();
      const auto answer = testing::to_answer(engine->decide({asked.agent_id, asked.request}, asked.now));
      const auto oracle =
          testing::naive_decide(engine->payload().document.root(), asked.agent_id, asked.request, asked.now);
      if (answer == oracle) continue;
      ++faults;
      FAIL_CHECK("seed " << seed << " request " << i << "\nengine: " << to_string(answer) << "\noracle: "
                         << to_string(oracle) << "\nrequest: " << asked.text << "\npayload: " << payload);
    }
  }
}

TEST_CASE("generator: generated cases reach every cause of a decision and every operator in every way") {
  const Survey found = survey();
  const std::size_t cases = kGuardBundles * kRequestsPerBundle;
  for (const std::string_view cause :
       {"allowed by a rule", "denied by a rule", "default allow", "default deny", "approved", "approval required",
        "ceiling", "Unknown agent", "Agent revoked", "No policy applies to this agent"}) {
    const auto count = found.causes.find(cause);
    CHECK_MESSAGE((count == found.causes.end() ? 0 : count->second) >= cases / 200, cause);
  }
  CHECK(found.with_dry_run >= cases / 50);
  CHECK(found.hang_on_undecided >= cases / 50);
  // `notEquals` and its like are counted as the tests that they negate.
  for (const std::string_view name :
       {"equals", "in", "lt", "lte", "gt", "gte", "between", "matches", "pathMatches", "regex", "startsWith",
        "endsWith", "contains", "containsAll", "cidr", "some", "every", "exists"}) {
    const auto counted = found.statistics.tests.find(name);
    REQUIRE_MESSAGE(counted != found.statistics.tests.end(), name);
    const testing::NaiveStatistics::Counts& counts = counted->second;
    CAPTURE(name);
    CHECK(counts.holds >= 50);
    CHECK(counts.fails >= 50);
    if (name == "exists") continue;
    CHECK(counts.absent >= 50);
    if (name != "equals" && name != "in") CHECK(counts.undecided >= 50);
  }
}

TEST_CASE("generator: the same seed gives the same bundle and requests") {
  testing::Generator first(kFirstSeed);
  testing::Generator second(kFirstSeed);
  CHECK(first.payload() == second.payload());
  CHECK(first.request().text == second.request().text);
  CHECK(testing::Generator(kFirstSeed + 1).payload() != testing::Generator(kFirstSeed).payload());
}
