#include "vector_case.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "guardian/json/reader.h"
#include "guardian/policy/yaml.h"

namespace guardian::testing {
namespace {

using json::Value;

constexpr std::string_view kDefaults = R"({
  "schema": "meshguard.bundle/v1",
  "version": "2026-04-18T10:00:00Z",
  "timestamp": "2026-04-18T10:00:00Z",
  "trustTiers": [
    {"name": "untrusted", "rank": 0}, {"name": "verified", "rank": 1},
    {"name": "trusted", "rank": 2}, {"name": "privileged", "rank": 3}
  ],
  "agents": [
    {"id": "agent_a", "name": "Agent A", "trustTier": "verified", "tags": ["support"], "orgId": "org_a",
     "metadata": {"team": "cx"}}
  ]
})";

// Limits of a policy file in JSON, as for one in YAML (policy.md section 1).
constexpr std::size_t kMaxPolicyDepth = 32;

std::string_view text_or(const Value& object, std::string_view name, std::string_view otherwise) {
  const Value* text = object.find(name);
  return text == nullptr ? otherwise : text->as_text();
}

base::Result<json::Document> parse_policy_text(const Value& vector_case) {
  const std::string_view text = vector_case.find("policyText")->as_text();
  if (text_or(vector_case, "policyFormat", "yaml") != "json") return policy::parse_yaml(text);
  json::ReadLimits limits;
  limits.max_depth = kMaxPolicyDepth;
  return json::parse(text, limits);
}

// The default payload with the case's policies, and the case's `bundle` members in the place of the defaults.
json::Document assemble(const Value& vector_case, const Value& policies) {
  json::Document defaults = json::parse(kDefaults).value();
  std::vector<json::Member> members;
  const auto put = [&](const json::Member& member) {
    const auto same = std::ranges::find(members, member.key, &json::Member::key);
    if (same == members.end()) {
      members.push_back(member);
    } else {
      *same = member;
    }
  };
  for (const json::Member& member : defaults.root().as_object()) put(member);
  put({"policies", policies});
  if (const Value* bundle = vector_case.find("bundle")) {
    for (const json::Member& member : bundle->as_object()) put(member);
  }
  json::Document payload;
  payload.set_root(payload.add_deep(Value::object(members)));
  return payload;
}

}  // namespace

std::span<const Value> VectorFile::cases() const { return document.root().find("cases")->as_list(); }

base::Result<std::vector<VectorFile>> load_vectors() {
  const std::filesystem::path directory = std::filesystem::path(GUARDIAN_SOURCE_DIR) / "tests" / "vectors" / "policy";
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().extension() == ".yaml") paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  policy::YamlLimits limits;
  limits.max_depth = 128;
  limits.max_nodes = 4'000'000;
  std::vector<VectorFile> files;
  for (const std::filesystem::path& path : paths) {
    std::ifstream in(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    auto document = policy::parse_yaml(text, limits);
    if (!document) return std::move(document).error().within(path.filename().string());
    files.push_back({path.filename().string(), std::move(document).value()});
  }
  return files;
}

base::Result<json::Document> payload_of(const Value& vector_case) {
  if (vector_case.find("policyText") == nullptr) return assemble(vector_case, *vector_case.find("policies"));
  GUARDIAN_ASSIGN(const json::Document policy, parse_policy_text(vector_case));
  const Value only = policy.root();
  return assemble(vector_case, Value::list({&only, 1}));
}

VectorRequest read_request(const Value& written) {
  VectorRequest read;
  read.agent_id = text_or(written, "agent", "agent_a");
  read.request.action = written.find("action")->as_text();
  if (const Value* resource = written.find("resource")) read.request.resource = resource->as_text();
  if (const Value* context = written.find("context")) read.request.context = *context;
  if (const Value* token = written.find("token")) read.request.token = *token;
  if (const Value* chain = written.find("chain")) {
    for (const Value& member : chain->as_list()) read.chain.push_back(member.as_text());
  }
  read.at = base::to_time_point(base::parse_rfc3339(text_or(written, "at", "2026-04-18T10:30:00Z")).value());
  read.mode = decision::parse_mode(text_or(written, "mode", "enforce")).value();
  if (const Value* repeat = written.find("repeat")) read.repeat = static_cast<std::size_t>(repeat->as_number());
  return read;
}

}  // namespace guardian::testing
