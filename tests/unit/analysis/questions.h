// Bundles and questions for the tests of who-can and can.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "guardian/analysis/can.h"
#include "guardian/analysis/who_can.h"
#include "guardian/bundle/payload.h"
#include "guardian/json/reader.h"
#include "support/bundle_builder.h"

namespace guardian::analysis {

inline bundle::Payload payload_of(const test::BundleBuilder& builder) {
  auto payload = bundle::parse_payload(builder.payload());
  if (!payload) FAIL(payload.error().message());
  return std::move(payload).value();
}

inline base::TimePoint time_of(std::string_view rfc3339) { return base::to_time_point(*base::parse_rfc3339(rfc3339)); }

// One policy for everybody with these rules, in JSON.
inline std::string policy_json(std::string_view name, std::string_view rules, std::string_view more = "") {
  return R"({"name": ")" + std::string(name) + R"(", "appliesTo": {"agentIds": ["*"]}, )" + std::string(more) +
         R"("rules": [)" + std::string(rules) + "]}";
}

struct Asked {
  std::string_view action = "read:x";
  std::optional<std::string_view> resource = std::nullopt;
  std::string_view context = "";
  std::string_view at = "";
};

// The standings with the document that a given context lives in.
struct Answer {
  bundle::Payload payload;
  json::Document context;
  std::vector<Standing> standings;

  [[nodiscard]] const Standing& first() const { return standings.front(); }
  [[nodiscard]] const Standing& last() const { return standings.back(); }
};

inline Answer ask(const test::BundleBuilder& builder, const Asked& asked = {}) {
  Answer answer{payload_of(builder), json::parse(asked.context.empty() ? "null" : asked.context).value(), {}};
  WhoCanQuestion question;
  question.action = asked.action;
  question.resource = asked.resource;
  if (!asked.context.empty()) question.context = answer.context.root();
  if (!asked.at.empty()) question.at = time_of(asked.at);
  question.now = time_of(test::kSoonAfter);
  answer.standings = who_can(answer.payload, question);
  return answer;
}

}  // namespace guardian::analysis
