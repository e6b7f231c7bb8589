#include <doctest/doctest.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

#include "answers.h"
#include "guardian/base/file_system.h"
#include "guardian/base/text.h"
#include "guardian/bundle/payload.h"
#include "guardian/decision/engine.h"
#include "guardian/json/writer.h"
#include "guardian/limits/local_store.h"
#include "support/fake_clock.h"
#include "support/naive/explanation.h"
#include "support/naive/generator.h"
#include "support/naive/naive.h"
#include "support/sanitized.h"

using namespace guardian;

namespace {

constexpr std::uint64_t kFirstSeed = 20'260'418;
constexpr std::size_t kRequestsPerBundle = 50;
// About 20 s of one core as built for release.
constexpr std::size_t kCases = testing::kSanitized ? 40'000 : 400'000;
constexpr std::size_t kExplainEvery = 7;
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

// One bundle, the requests to it in order, and both counts of what was allowed.
class Duel {
 public:
  explicit Duel(const decision::Engine& engine) : engine_(engine), payload_(engine.payload().document.root()) {}

  // What the two do not agree on; empty when they do.
  std::string ask(const testing::GeneratedRequest& asked, bool explain) {
    clock_.advance(asked.step);
    elapsed_ += asked.step;
    const testing::NaiveQuestion question{asked.agent_id, asked.request, asked.chain};
    decision::Decision decision = engine_.decide(testing::to_question(question), asked.now);
    const testing::NaiveAnswer oracle = testing::naive_decide(payload_, question, asked.now);
    std::string fault = difference(decision, decision.charge, oracle);
    if (fault.empty() && explain && decision.charge.size > 0) fault = without_place(question, asked.now, decision);
    if (fault.empty() && decision.charge.size > 0) fault = count(question, asked.now, oracle, decision);
    if (fault.empty() && explain) fault = explained(question, asked.now);
    return fault;
  }

 private:
  static std::string difference(const decision::Decision& decision, const limits::Charge& charge,
                                const testing::NaiveAnswer& oracle) {
    const testing::NaiveAnswer answer = testing::to_answer(decision, charge);
    if (answer == oracle) return {};
    return "engine: " + to_string(answer) + "\noracle: " + to_string(oracle);
  }

  // What the decision would be, had the store no place for its counts.
  std::string without_place(const testing::NaiveQuestion& question, base::TimePoint now,
                            decision::Decision decision) const {
    const limits::Charge charge = decision.charge;
    decision::apply({limits::Verdict::Kind::Full, 0}, decision);
    if (decision.retry_after_ms) return "a full store says when to come again";
    return difference(decision, charge,
                      testing::naive_decide(payload_, question, now, {.limited = testing::kNaiveFull}));
  }

  std::string count(const testing::NaiveQuestion& question, base::TimePoint now, const testing::NaiveAnswer& oracle,
                    decision::Decision& decision) {
    using Demand = testing::NaiveLimits::Demand;
    const testing::NaiveLimits::Judgement judgement = limits_.judge(oracle.counts, elapsed_);
    const limits::Charge charge = decision.charge;
    const limits::Verdict verdict = store_.charge(charge);
    decision::apply(verdict, decision);
    if (verdict.kind == limits::Verdict::Kind::Admitted) {
      limits_.record(oracle.counts, elapsed_);
      if (judgement.demand == Demand::Refuse) return "admitted against a limit: " + to_string(oracle);
      return difference(decision, charge, oracle);
    }
    if (judgement.demand == Demand::Admit) return "refused without a limit: " + to_string(oracle);
    const std::int64_t wait = decision.retry_after_ms.value_or(-1);
    if (wait < judgement.least_retry_ms || wait > judgement.most_retry_ms) {
      return "waits " + std::to_string(wait) + " ms instead of " + std::to_string(judgement.least_retry_ms) + " to " +
             std::to_string(judgement.most_retry_ms) + ": " + to_string(oracle);
    }
    return difference(decision, charge,
                      testing::naive_decide(payload_, question, now, {.limited = testing::kNaiveLimited}));
  }

  std::string explained(const testing::NaiveQuestion& question, base::TimePoint now) const {
    const json::Document engine = testing::engine_explain(engine_, question, now);
    const json::Document oracle = testing::naive_explain(payload_, question, now);
    if (testing::same_explanation(engine.root(), oracle.root())) return {};
    return "engine explains: " + json::write(engine.root()) + "\noracle explains: " + json::write(oracle.root());
  }

  const decision::Engine& engine_;
  const json::Value payload_;
  base::SystemFileSystem files_;
  test::FakeClock clock_;
  limits::LocalStore store_{{}, files_, clock_};
  testing::NaiveLimits limits_;
  testing::NaiveLimits::Time elapsed_{};
};

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
    Duel duel(*engine);
    for (std::size_t i = 0; i < kRequestsPerBundle; ++i) {
      const testing::GeneratedRequest asked = generator.request();
      const std::string fault = duel.ask(asked, i % kExplainEvery == 0);
      if (fault.empty()) continue;
      ++faults;
      FAIL_CHECK("seed " << seed << " request " << i << "\n"
                         << fault << "\nrequest: " << asked.text << "\npayload: " << payload);
      break;  // what follows counts on what came before
    }
  }
}
