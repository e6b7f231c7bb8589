// An expression that compiles must evaluate, and what cannot be decided may only count against the caller: what holds
// in an allow rule holds in a deny rule, and an expression and its negation never both allow nor both fail to deny.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "guardian/base/check.h"
#include "guardian/json/reader.h"
#include "guardian/policy/expression.h"

namespace json = guardian::json;
namespace policy = guardian::policy;

namespace {

constexpr std::string_view kContext = R"({"a": 1, "b": "a/../x", "c": [1, "x", null, {"d": true}], "d": null,
  "ip": "::ffff:10.0.0.1", "t": "2026-04-18T10:30:00+02:00", "e": {"a.b": [], "f": false}})";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  policy::ConditionStore operands;
  const auto plain = policy::compile_expression(text, false, operands);
  const auto negated = policy::compile_expression(text, true, operands);
  GUARDIAN_ASSERT(plain.ok() == negated.ok());
  if (!plain.ok()) {
    GUARDIAN_ASSERT(plain.error().message() == negated.error().message());
    return 0;
  }
  const auto context = json::parse(kContext);
  policy::Agent agent;
  agent.trust_tier = "verified";
  policy::Request request;
  request.action = "read:x";
  request.context = context->root();
  const policy::Input input{agent, request, {}};
  const policy::TimeZone zone;
  policy::Facts facts(input, zone);
  const auto ask = [&](const policy::Condition& condition, policy::Leaning leaning) {
    return policy::holds(condition, facts, nullptr, leaning);
  };
  const bool allows = ask(*plain, policy::Leaning::Allowing);
  const bool denies = ask(*plain, policy::Leaning::Restricting);
  GUARDIAN_ASSERT(!allows || denies);
  GUARDIAN_ASSERT(!(allows && ask(*negated, policy::Leaning::Allowing)));
  GUARDIAN_ASSERT(denies || ask(*negated, policy::Leaning::Restricting));
  return 0;
}
