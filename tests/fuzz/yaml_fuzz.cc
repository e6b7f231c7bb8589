// What the YAML reader takes must be JSON too, stay inside its limits, and be safe to compile, evaluate and explain.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/base/check.h"
#include "guardian/json/reader.h"
#include "guardian/json/writer.h"
#include "guardian/policy/program.h"
#include "guardian/policy/yaml.h"

namespace json = guardian::json;
namespace policy = guardian::policy;

namespace {

void check_value(const json::Value& value, std::size_t size) {
  GUARDIAN_ASSERT(value.offset() <= size);
  if (value.is_list()) {
    for (const auto& item : value.as_list()) check_value(item, size);
  }
  if (value.is_object()) {
    for (const auto& member : value.as_object()) check_value(member.value, size);
  }
}

void check_policy(const json::Value& root, std::string_view text) {
  const std::vector<policy::Tier> tiers{{"verified", 1}, {"trusted", 2}};
  const auto compiled = policy::Policy::compile(root, {"p.yaml", text}, {policy::Combining::DenyOverrides, tiers});
  if (!compiled.ok()) {
    GUARDIAN_ASSERT(compiled.error().message().find('\n') == std::string::npos);
    return;
  }
  policy::Agent agent;
  agent.trust_tier = "verified";
  policy::Request request;
  request.action = "read:x";
  request.resource = "/a/../b";
  request.context = root;
  const policy::Input input{agent, request, {}};
  static_cast<void>(compiled->applies_to(agent));
  static_cast<void>(compiled->evaluate(input));
  std::string explanation;
  json::Writer out(explanation);
  compiled->explain(input, std::size_t{1} << 20, out);
  GUARDIAN_ASSERT(json::parse(explanation, {.max_bytes = std::size_t{1} << 28, .max_depth = 128}).ok());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto document = policy::parse_yaml(text, {.max_nodes = 5000});
  if (!document.ok()) {
    GUARDIAN_ASSERT(document.error().message().find('\n') == std::string::npos);
    return 0;
  }
  check_value(document->root(), size);
  const auto again = json::parse(json::write(document->root()), {.max_bytes = std::size_t{1} << 28});
  GUARDIAN_ASSERT(again.ok() && json::equal(document->root(), again->root()));
  check_policy(document->root(), text);
  return 0;
}
