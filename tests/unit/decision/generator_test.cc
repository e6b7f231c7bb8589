// Whether the generated cases that the engine is held against reach what there is to reach.
#include "support/naive/generator.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <map>
#include <string>

#include "guardian/json/reader.h"
#include "guardian/json/writer.h"
#include "support/naive/explanation.h"
#include "support/naive/naive.h"

using namespace guardian;

namespace {

constexpr std::uint64_t kFirstSeed = 20'260'418;
constexpr std::size_t kBundles = 800;
constexpr std::size_t kRequestsPerBundle = 50;
constexpr std::size_t kCases = kBundles * kRequestsPerBundle;

// A reason of section 7 without the names and numbers in it.
std::string delegation_cause(const testing::NaiveAnswer& answer) {
  for (const std::string_view word : {"Circular", "Unknown", "revoked", "ceiling", "not allowed"}) {
    if (answer.reason->find(word) != std::string::npos) return "delegation: " + std::string(word);
  }
  return answer.policy ? "delegation: depth of a policy" : "delegation: depth";
}

// What an answer came to.
std::string cause_of(const testing::NaiveAnswer& answer) {
  if (answer.reason == testing::kNaiveLimited) return "limited";
  if (answer.rule == "delegation") return delegation_cause(answer);
  if (answer.approval_id) return "approved";
  if (answer.requires_approval) return "approval required";
  if (answer.rule == "default") return answer.allow ? "default allow" : "default deny";
  if (answer.rule == "ceiling") return "ceiling";
  if (answer.allow) return "allowed by a rule";
  return answer.policy ? "denied by a rule" : *answer.reason;
}

using Tally = std::map<std::string, std::size_t, std::less<>>;

struct Survey {
  Tally causes;
  Tally limits;
  Tally explanations;
  std::size_t with_dry_run = 0;
  std::size_t hang_on_undecided = 0;  // another answer, were the undecided simply false
  std::size_t delegated_allows = 0;
  std::size_t limited_dry_run = 0;  // the dry-run list is another for the limit
  testing::NaiveStatistics statistics;
};

// The oracle alone, over one bundle; where the specification leaves a limit open it admits.
class Surveyor {
 public:
  Surveyor(const json::Value& payload, Survey& survey) : payload_(payload), survey_(survey) {}

  void ask(const testing::GeneratedRequest& asked) {
    const testing::NaiveQuestion question{asked.agent_id, asked.request, asked.chain};
    testing::NaiveAnswer answer =
        testing::naive_decide(payload_, question, asked.now, {.statistics = &survey_.statistics});
    const auto without = testing::naive_decide(payload_, question, asked.now, {.undecided_counts = false});
    if (answer != without) ++survey_.hang_on_undecided;
    if (answer.allow && !asked.chain.empty()) ++survey_.delegated_allows;
    elapsed_ += asked.step;
    if (!answer.counts.empty()) count(question, asked.now, answer);
    ++survey_.causes[cause_of(answer)];
    if (!answer.dry_run.empty()) ++survey_.with_dry_run;
  }

  void explain(const testing::GeneratedRequest& asked) {
    const auto list = testing::naive_explain(payload_, {asked.agent_id, asked.request, asked.chain}, asked.now);
    for (const json::Value& policy : list.root().as_list()) {
      ++survey_.explanations["outcome " + std::string(policy.find("outcome")->as_text())];
      for (const json::Value& rule : policy.find("rules")->as_list()) {
        ++survey_.explanations["because " + json::write(*rule.find("because"))];
        if (!rule.find("undecided")->as_list().empty()) ++survey_.explanations["undecided"];
      }
    }
  }

 private:
  void count(const testing::NaiveQuestion& question, base::TimePoint now, testing::NaiveAnswer& answer) {
    using Demand = testing::NaiveLimits::Demand;
    const Demand demand = limits_.judge(answer.counts, elapsed_).demand;
    ++survey_.limits[demand == Demand::Admit ? "admitted" : demand == Demand::Refuse ? "refused" : "open"];
    if (demand != Demand::Refuse) {
      limits_.record(answer.counts, elapsed_);
      return;
    }
    if (answer.counts.size() == 2) ++survey_.limits["refused of rule and policy"];
    if (answer.counts.front().rule.empty()) ++survey_.limits["refused of a policy"];
    if (answer.counts.front().agent.empty()) ++survey_.limits["refused of unknown agents"];
    if (answer.rule == "default") ++survey_.limits["refused of a default"];
    if (answer.approval_id) ++survey_.limits["refused though approved"];
    if (!question.chain.empty()) ++survey_.limits["refused though delegated"];
    const auto limited = testing::naive_decide(payload_, question, now, {.limited = testing::kNaiveLimited});
    if (limited.dry_run != answer.dry_run) ++survey_.limited_dry_run;
    answer = limited;
  }

  const json::Value& payload_;
  Survey& survey_;
  testing::NaiveLimits limits_;
  testing::NaiveLimits::Time elapsed_{};
};

Survey survey() {
  Survey survey;
  for (std::uint64_t seed = kFirstSeed; seed < kFirstSeed + kBundles; ++seed) {
    testing::Generator generator(seed);
    const json::Document payload = json::parse(generator.payload()).value();
    Surveyor surveyor(payload.root(), survey);
    for (std::size_t i = 0; i < kRequestsPerBundle; ++i) {
      const testing::GeneratedRequest asked = generator.request();
      surveyor.ask(asked);
      if (i % 10 == 0) surveyor.explain(asked);
    }
  }
  return survey;
}

std::size_t times(const Tally& tally, std::string_view what) {
  const auto found = tally.find(what);
  return found == tally.end() ? 0 : found->second;
}

}  // namespace

TEST_CASE("generator: generated cases reach every cause of a decision and every operator in every way") {
  const Survey found = survey();
  for (const std::string_view cause :
       {"allowed by a rule", "denied by a rule", "default allow", "default deny", "approved", "approval required",
        "ceiling", "Unknown agent", "Agent revoked", "No policy applies to this agent", "limited"}) {
    CHECK_MESSAGE(times(found.causes, cause) >= kCases / 200, cause, " ", times(found.causes, cause));
  }
  for (const std::string_view cause :
       {"delegation: depth", "delegation: Circular", "delegation: Unknown", "delegation: revoked",
        "delegation: depth of a policy", "delegation: ceiling", "delegation: not allowed"}) {
    CHECK_MESSAGE(times(found.causes, cause) >= 100, cause, " ", times(found.causes, cause));
  }
  for (const std::string_view limit :
       {"admitted", "refused", "open", "refused of rule and policy", "refused of a policy", "refused of unknown agents",
        "refused of a default", "refused though approved", "refused though delegated"}) {
    CHECK_MESSAGE(times(found.limits, limit) >= 20, limit, " ", times(found.limits, limit));
  }
  for (const std::string_view part :
       {"outcome allow", "outcome deny", "outcome require-approval", "outcome none", "because null",
        "because \"action\"", "because \"resource\"", "because \"condition\"", "undecided"}) {
    CHECK_MESSAGE(times(found.explanations, part) >= 100, part, " ", times(found.explanations, part));
  }
  CHECK(found.with_dry_run >= kCases / 50);
  CHECK(found.limited_dry_run >= 50);
  CHECK(found.delegated_allows >= kCases / 100);
  CHECK(found.hang_on_undecided >= kCases / 50);
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
  for (int i = 0; i < 20; ++i) CHECK(first.request().text == second.request().text);
  CHECK(testing::Generator(kFirstSeed + 1).payload() != testing::Generator(kFirstSeed).payload());
}
