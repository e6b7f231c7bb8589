// Who-can against the engine: what it calls proved must hold in every generated request, what it calls possible must
// mostly happen, and the rules it names must be those that decide.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>

#include "guardian/analysis/who_can.h"
#include "guardian/bundle/payload.h"
#include "guardian/decision/engine.h"
#include "support/naive/generator.h"
#include "support/naive/vocabulary.h"
#include "support/sanitized.h"

using namespace guardian;
using analysis::Fallback;
using analysis::Standing;
using analysis::Verdict;

namespace {

constexpr std::uint64_t kFirstSeed = 20'261'128;
constexpr std::size_t kBundles = guardian::testing::kSanitized ? 80 : 400;
constexpr std::size_t kQuestionsPerBundle = 4;
constexpr std::size_t kRequestsPerQuestion = 60;
constexpr std::size_t kMostFaults = 5;

// Which parts of the requests a question gives away.
struct Given {
  bool context = false;
  bool time = false;
};

// What happened over the requests of one standing.
struct Seen {
  bool plain_allow = false;
  bool approval = false;  // wanted, or found
  bool other = false;     // anything but a plain allow
};

bool is_named(const Standing& standing, const decision::Decision& decision) {
  if (!decision.rule) return decision.reason == decision::kReasonNoPolicy && standing.fallback != Fallback::None;
  if (*decision.rule == decision::kDefaultRule) {
    const Fallback reached = decision.allow ? Fallback::Allow : Fallback::Deny;
    return standing.fallback == reached || standing.fallback == Fallback::Either;
  }
  return std::ranges::any_of(standing.rules, [&](const analysis::DecidingRule& rule) {
    return rule.policy == decision.policy && rule.rule == decision.rule;
  });
}

bool agrees(const Standing& standing, const decision::Decision& decision, const bundle::Payload& payload) {
  // Steps 1 and 2 decide by reason alone.
  if (decision.rule == decision::kCeilingRule || decision.reason == decision::kReasonAgentRevoked) {
    return standing.verdict == Verdict::Deny && standing.reason == *decision.reason;
  }
  if (!is_named(standing, decision)) return false;
  switch (standing.verdict) {
    case Verdict::Allow:
      return decision.allow && !decision.approval_id;
    case Verdict::Deny:
      return !decision.allow && !decision.requires_approval;
    case Verdict::Approval:
      return !decision.allow || decision.approval_id;
    case Verdict::Conditional:
      return !payload.policies.empty();
  }
  return false;
}

class Comparison {
 public:
  std::size_t proved = 0;
  std::size_t conditional = 0;
  std::size_t conditional_seen = 0;
  std::size_t approval = 0;
  std::size_t approval_seen = 0;

  void run(Given given) {
    std::size_t faults = 0;
    for (std::uint64_t seed = kFirstSeed; seed < kFirstSeed + kBundles && faults < kMostFaults; ++seed) {
      testing::Generator generator(seed);
      const std::string text = generator.payload();
      auto parsed = bundle::parse_payload(text);
      REQUIRE_MESSAGE(parsed.ok(), text);
      const decision::Engine engine(std::make_shared<const bundle::Payload>(std::move(parsed).value()));
      for (std::size_t i = 0; i < kQuestionsPerBundle; ++i) {
        if (const std::string fault = ask(engine, generator, given); !fault.empty()) {
          ++faults;
          FAIL_CHECK("seed " << seed << ": " << fault << "\npayload: " << text);
        }
      }
    }
  }

 private:
  // The first disagreement, or empty.
  std::string ask(const decision::Engine& engine, testing::Generator& generator, Given given) {
    const testing::GeneratedRequest about = generator.request();
    analysis::WhoCanQuestion question;
    question.action = about.request.action;
    question.resource = about.request.resource;
    if (given.context) question.context = about.request.context;
    if (given.time) question.at = about.now;
    question.now = about.now;
    for (const Standing& standing : analysis::who_can(engine.payload(), question)) {
      Seen seen;
      const std::size_t requests = given.context && given.time ? kRequestsPerQuestion / 6 : kRequestsPerQuestion;
      for (std::size_t i = 0; i < requests; ++i) {
        testing::GeneratedRequest asked = generator.request();
        asked.request.action = question.action;
        asked.request.resource = question.resource;
        asked.request.delegation_depth = 0;
        asked.request.delegation_root.reset();
        if (given.context) asked.request.context = about.request.context;
        const base::TimePoint now = given.time ? about.now : asked.now;
        if (const std::string fault = compare(engine, standing, asked.request, now, i, seen); !fault.empty())
          return fault + "\nrequest: " + asked.text;
      }
      count(standing.verdict, seen);
    }
    return "";
  }

  static std::string compare(const decision::Engine& engine, const Standing& standing, const policy::Request& request,
                             base::TimePoint now, std::size_t i, Seen& seen) {
    // The last ids of the generator are those that its bundles do not list.
    const std::size_t unlisted = testing::kAgentIds.size() - testing::kKnownAgents;
    const std::string_view id =
        standing.agent != nullptr ? standing.agent->view.id : testing::kAgentIds[testing::kKnownAgents + i % unlisted];
    const decision::Decision decision = engine.decide({id, request}, now);
    // The standing on unknown agents is not about those that are revoked by name.
    if (standing.agent == nullptr && decision.reason == decision::kReasonAgentRevoked) return "";
    seen.plain_allow = seen.plain_allow || (decision.allow && !decision.approval_id);
    seen.approval = seen.approval || decision.approval_id || decision.requires_approval;
    seen.other = seen.other || !decision.allow || decision.approval_id;
    if (agrees(standing, decision, engine.payload())) return "";
    return std::string(id) + " is said to be " + std::string(to_string(standing.verdict)) + " (" + standing.reason +
           "), but the engine says " + (decision.allow ? "allow" : "deny") + " by " +
           std::string(decision.policy.value_or("null")) + " / " + std::string(decision.rule.value_or("null"));
  }

  void count(Verdict verdict, const Seen& seen) {
    switch (verdict) {
      case Verdict::Allow:
      case Verdict::Deny:
        ++proved;
        break;
      case Verdict::Conditional:
        ++conditional;
        if (seen.plain_allow && seen.other) ++conditional_seen;
        break;
      case Verdict::Approval:
        ++approval;
        if (seen.approval) ++approval_seen;
        break;
    }
  }
};

Comparison compare_all(Given given) {
  Comparison comparison;
  comparison.run(given);
  return comparison;
}

}  // namespace

TEST_CASE("who-can: what is proved holds in every request, and what may happen mostly does") {
  const Comparison found = compare_all({});
  CHECK(found.proved >= 10 * kBundles);
  CHECK(found.conditional >= 2 * kBundles);
  CHECK(found.approval >= kBundles);
  // A minority is never seen: requests that few random ones are, and conditions that exclude each other.
  CHECK(found.conditional_seen * 100 >= found.conditional * 60);
  CHECK(found.approval_seen * 100 >= found.approval * 90);
}

TEST_CASE("who-can: with the context known the proofs hold, and there are more of them") {
  const Comparison found = compare_all({.context = true});
  CHECK(found.proved >= 13 * kBundles);
  CHECK(found.conditional_seen * 100 >= found.conditional * 40);
  CHECK(found.approval_seen * 100 >= found.approval * 95);
}

TEST_CASE("who-can: with the time known the proofs hold, and what may happen mostly does") {
  const Comparison found = compare_all({.time = true});
  CHECK(found.conditional_seen * 100 >= found.conditional * 65);
  CHECK(found.approval_seen * 100 >= found.approval * 90);
}

TEST_CASE("who-can: with context and time known the proofs hold, and little is left open") {
  const Comparison found = compare_all({.context = true, .time = true});
  CHECK(found.proved >= 14 * kBundles);
  CHECK(found.conditional * 20 <= found.proved);
}
