// How one decision's time grows with what stands around it in the bundle, all in one run, so that the ratios mean
// something on a shared machine: 10 policies; 10,000 of which 10 apply to the agent; 10,000 that all apply and differ
// by action; and the same for rules of one policy and for agents.
//   meson test -C build --benchmark --verbose
// Every case decides the same allow by a rule with two conditions. Batches of the cases take turns; printed are the
// median of batches in nanoseconds a decision and its ratio to the first case. Nothing is asserted: machines differ.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "guardian/base/clock.h"
#include "guardian/bundle/payload.h"
#include "guardian/decision/engine.h"
#include "guardian/json/reader.h"

namespace {

using namespace guardian;

constexpr std::size_t kRounds = 301;
constexpr std::size_t kDecisionsPerBatch = 200;
constexpr std::size_t kMany = 10'000;
constexpr std::size_t kFew = 10;

std::string rule(const std::string& action) {
  return R"({"effect":"allow","actions":[")" + action +
         R"("],"conditions":{"context.amount":{"lte":100},"context.recipient":{"matches":"*@example.com"}}})";
}

std::string policy_json(std::size_t number, const std::string& applies_to, const std::string& rules) {
  return R"({"name":"p)" + std::to_string(number) + R"(","appliesTo":{)" + applies_to + R"(},"rules":[)" + rules + "]}";
}

// The deciding policy stands in the middle, the others say nothing of its action.
std::string policies(std::size_t count, std::size_t applying, const std::string& other_actions) {
  std::string list;
  for (std::size_t i = 0; i < count; ++i) {
    const bool decides = i == count / 2;
    const bool applies = decides || i % (count / applying) == 0;
    const std::string action = decides ? "write:email" : other_actions + std::to_string(i);
    const std::string tag = applies ? "support" : "other-" + std::to_string(i);
    list += std::string(i == 0 ? "" : ",") + policy_json(i, R"("tags":[")" + tag + "\"]", rule(action));
  }
  return list;
}

std::string one_policy_with_rules(std::size_t count) {
  std::string rules;
  for (std::size_t i = 0; i < count; ++i) {
    rules += std::string(i == 0 ? "" : ",") + rule(i == count / 2 ? "write:email" : "read:" + std::to_string(i));
  }
  return policy_json(0, R"("tags":["support"])", rules);
}

std::string payload(const std::string& policies, std::size_t agents) {
  std::string text = R"({"schema":"meshguard.bundle/v1","version":"1","timestamp":"2026-04-18T10:30:00Z",)"
                     R"("trustTiers":[{"name":"verified","rank":1}],"agents":[)";
  for (std::size_t i = 0; i < agents; ++i) {
    text += std::string(i == 0 ? "" : ",") + R"({"id":"agent_)" + std::to_string(i) +
            R"(","trustTier":"verified","tags":["support"]})";
  }
  return text + R"(],"policies":[)" + policies + "]}";
}

struct Case {
  const char* name;
  std::unique_ptr<const decision::Engine> engine;
  std::vector<double> nanoseconds = {};
};

Case make_case(const char* name, const std::string& text) {
  auto parsed = bundle::parse_payload(text);
  if (!parsed) {
    std::fprintf(stderr, "%s: %s\n", name, parsed.error().message().c_str());
    std::exit(1);
  }
  return {name,
          std::make_unique<const decision::Engine>(std::make_shared<const bundle::Payload>(std::move(parsed).value()))};
}

void run_batch(Case& one, const decision::Question& question, const base::Clock& clock) {
  const base::TimePoint now = clock.now();
  std::size_t allowed = 0;
  const auto began = clock.monotonic();
  for (std::size_t i = 0; i < kDecisionsPerBatch; ++i) allowed += one.engine->decide(question, now).allow ? 1U : 0U;
  const auto took = static_cast<double>((clock.monotonic() - began).count());
  if (allowed != kDecisionsPerBatch) {
    std::fprintf(stderr, "%s: not allowed\n", one.name);
    std::exit(1);
  }
  one.nanoseconds.push_back(took / static_cast<double>(kDecisionsPerBatch));
}

double median(std::vector<double> values) {
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
  return values[values.size() / 2];
}

}  // namespace

int main() {
  const base::SystemClock clock;
  std::vector<Case> cases;
  cases.push_back(make_case("10 policies", payload(policies(kFew, kFew, "read:"), kFew)));
  cases.push_back(make_case("10,000 policies, 10 apply", payload(policies(kMany, kFew, "read:"), kFew)));
  cases.push_back(make_case("10,000 apply, other actions", payload(policies(kMany, kMany, "read:"), kFew)));
  cases.push_back(make_case("1 policy of 10,000 rules", payload(one_policy_with_rules(kMany), kFew)));
  cases.push_back(make_case("10 policies, 10,000 agents", payload(policies(kFew, kFew, "read:"), kMany)));

  const auto context = json::parse(R"({"recipient":"user@example.com","amount":45.00})");
  decision::Question question{"agent_7", {}};
  question.request.action = "write:email";
  question.request.resource = "customer-data";
  question.request.context = context->root();
  for (std::size_t round = 0; round < kRounds; ++round) {
    for (Case& one : cases) run_batch(one, question, clock);
  }
  const double first = median(cases.front().nanoseconds);
  for (const Case& one : cases) {
    const double here = median(one.nanoseconds);
    std::printf("%-32s %8.0f ns median   %5.2f of the first\n", one.name, here, here / first);
  }
  return 0;
}
