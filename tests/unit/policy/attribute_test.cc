#include "guardian/policy/attribute.h"

#include <doctest/doctest.h>

#include <optional>
#include <string>

namespace guardian::policy {

namespace {

// The canonical path of what the text names, or nullopt when it is refused.
std::optional<std::string> canonical(std::string_view written) {
  const auto segments = parse_path(written);
  if (!segments.ok()) return std::nullopt;
  const auto attribute = make_attribute(*segments);
  if (!attribute.ok()) return std::nullopt;
  return attribute->path;
}

}  // namespace

TEST_CASE("attribute: every spelling has one canonical path") {
  CHECK(canonical("agent.trust_tier") == "agent.trustTier");
  CHECK(canonical("agent.tier") == "agent.trustTier");
  CHECK(canonical("agent.org_id") == "agent.orgId");
  CHECK(canonical("time.minute_of_day") == "time.minuteOfDay");
  CHECK(canonical("request.a") == "context.a");
  CHECK(canonical("request") == "context");
  CHECK(canonical("delegation") == "delegation");
  CHECK(canonical("token.sub") == "token.sub");
  CHECK(canonical("agent.metadata") == "agent.metadata");
  CHECK(canonical("tags") == "agent.tags");
  CHECK(canonical("amount") == "context.amount");
}

TEST_CASE("attribute: names below open roots are the user's and keep their spelling") {
  CHECK(canonical("context.some_name.someName") == "context.some_name.someName");
  CHECK(canonical("agent.metadata.cost_centre") == "agent.metadata.cost_centre");
  CHECK(canonical("context.items.0.id") == "context.items.0.id");
  CHECK(canonical("context.in.not") == "context.in.not");
}

TEST_CASE("attribute: a bracketed key is written plainly where it can be") {
  CHECK(canonical(R"(context["a.b"].c)") == R"(context["a.b"].c)");
  CHECK(canonical(R"(context["plain"])") == "context.plain");
  CHECK(canonical(R"(context["7"])") == "context.7");
  CHECK(canonical(R"(context["q\"\\\n\t\'"])") == R"(context["q\"\\\n\t'"])");
  CHECK(canonical(R"(context[""])") == R"(context[""])");
}

TEST_CASE("attribute: what names nothing is refused") {
  for (const std::string path :
       {"agent", "time", "agent.colour", "time.now", "delegation.chain", "action.verb", "resource.kind", "agent.id.x",
        "agent.tags.0", "time.hour.x", "a.b", "contxt.amount", "agentId", "timezone", "tokens", "request_id"}) {
    CAPTURE(path);
    CHECK_FALSE(canonical(path));
  }
}

TEST_CASE("attribute: resource may begin a shorthand, the other roots may not") {
  CHECK(canonical("resourceType") == "context.resourceType");
  CHECK(root_that_begins("resourceType").empty());
  CHECK(root_that_begins("contextual") == "context");
}

TEST_CASE("attribute: malformed paths are refused") {
  for (const std::string path : {"", ".", "context.", ".a", "context..a", "context.a b", "context.-a", "context.1a",
                                 "1a", "context[a]", "context['a']", "context[\"a\"", "context[\"a\"]b",
                                 "context[\"\\x\"]", "in", "NOT.a", "true", "context.\xC3\xA9"}) {
    CAPTURE(path);
    CHECK_FALSE(canonical(path));
  }
}

TEST_CASE("attribute: an unrooted path is answered with its rooted form") {
  const auto attribute = make_attribute(PathSegments{"tenant", "plan"});
  REQUIRE_FALSE(attribute.ok());
  CHECK(attribute.error().message().find("`context.tenant.plan`") != std::string::npos);
}

TEST_CASE("attribute: only digits that fit are an index") {
  const auto attribute = make_attribute(PathSegments{"context", "12", "99999999999999999999", "a1"});
  REQUIRE(attribute.ok());
  CHECK(attribute->below[0].index == 12);
  CHECK_FALSE(attribute->below[1].index);
  CHECK_FALSE(attribute->below[2].index);
}

}  // namespace guardian::policy
