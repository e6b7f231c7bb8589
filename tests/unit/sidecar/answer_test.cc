#include "guardian/sidecar/answer.h"

#include <doctest/doctest.h>

using guardian::decision::Decision;
using guardian::decision::Mode;
using namespace guardian::sidecar;

namespace {

Decision denial() {
  Decision decision;
  decision.policy = "p";
  decision.rule = "r";
  decision.reason = "no";
  return decision;
}

}  // namespace

TEST_CASE("answer: an allow has the documented members in the documented order") {
  Decision decision;
  decision.allow = true;
  decision.policy = "customer-service-agent";
  decision.rule = "allow-email";
  CHECK(enforce_answer({.decision = decision,
                        .mode = Mode::Enforce,
                        .latency_micros = 2100,
                        .bundle_version = "2026-04-18T10:30:00Z",
                        .explain = {},
                        .trace_id = std::nullopt}) ==
        R"({"decision":"allow","policy":"customer-service-agent","rule":"allow-email","latencyMs":2.1,)"
        R"("bundleVersion":"2026-04-18T10:30:00Z","mode":"enforce"})");
}

TEST_CASE("answer: a denial carries its reason before the latency") {
  const Decision decision = denial();
  CHECK(enforce_answer({.decision = decision,
                        .mode = Mode::Enforce,
                        .latency_micros = 31,
                        .bundle_version = "7",
                        .explain = {},
                        .trace_id = "t-1"}) ==
        R"({"decision":"deny","policy":"p","rule":"r","reason":"no","latencyMs":0.031,"bundleVersion":"7",)"
        R"("mode":"enforce","traceId":"t-1"})");
}

TEST_CASE("answer: audit mode tells allow, says what it would have denied and keeps the denial's reasons") {
  Decision decision = denial();
  decision.requires_approval = true;
  CHECK(enforce_answer({.decision = decision,
                        .mode = Mode::Audit,
                        .latency_micros = 0,
                        .bundle_version = "7",
                        .explain = "[]",
                        .trace_id = std::nullopt}) ==
        R"({"decision":"allow","policy":"p","rule":"r","reason":"no","latencyMs":0,"bundleVersion":"7",)"
        R"("mode":"audit","wouldDeny":true,"requiresApproval":true,"explain":[]})");
}

TEST_CASE("answer: without bundle policy, rule and version are null") {
  const Decision decision = guardian::decision::deny_without_policy(guardian::decision::kReasonNoBundle);
  CHECK(enforce_answer({.decision = decision,
                        .mode = Mode::Enforce,
                        .latency_micros = std::nullopt,
                        .bundle_version = std::nullopt,
                        .explain = {},
                        .trace_id = std::nullopt}) ==
        R"({"decision":"deny","policy":null,"rule":null,"reason":"No policy bundle is loaded","bundleVersion":null,)"
        R"("mode":"enforce"})");
}

TEST_CASE("answer: a batch result begins with its action") {
  const Decision decision = denial();
  std::string body;
  guardian::json::Writer out(body);
  write_batch_result(out, "write:email",
                     {.decision = decision,
                      .mode = Mode::Enforce,
                      .latency_micros = 1800,
                      .bundle_version = std::nullopt,
                      .explain = {},
                      .trace_id = std::nullopt});
  CHECK(body == R"({"action":"write:email","decision":"deny","reason":"no","latencyMs":1.8,"policy":"p","rule":"r"})");
}
