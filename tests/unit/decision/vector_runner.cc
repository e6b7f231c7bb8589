#include "vector_runner.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "answers.h"
#include "guardian/bundle/payload.h"
#include "guardian/decision/engine.h"
#include "guardian/json/reader.h"
#include "guardian/json/writer.h"
#include "guardian/policy/yaml.h"
#include "support/naive/naive.h"

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

base::Result<bundle::Payload> build(const Value& vector_case) {
  if (vector_case.find("policyText") == nullptr) {
    return bundle::check_payload(assemble(vector_case, *vector_case.find("policies")), {});
  }
  GUARDIAN_ASSIGN(const json::Document policy, parse_policy_text(vector_case));
  const Value only = policy.root();
  return bundle::check_payload(assemble(vector_case, Value::list({&only, 1})), {});
}

struct Asked {
  decision::Question question;
  base::TimePoint at;
  decision::Mode mode;
};

Asked read_request(const Value& request) {
  Asked asked{{text_or(request, "agent", "agent_a"), {}}, {}, decision::Mode::Enforce};
  asked.question.request.action = request.find("action")->as_text();
  if (const Value* resource = request.find("resource")) asked.question.request.resource = resource->as_text();
  if (const Value* context = request.find("context")) asked.question.request.context = *context;
  if (const Value* token = request.find("token")) asked.question.request.token = *token;
  asked.at = base::to_time_point(base::parse_rfc3339(text_or(request, "at", "2026-04-18T10:30:00Z")).value());
  asked.mode = decision::parse_mode(text_or(request, "mode", "enforce")).value();
  return asked;
}

// The answer as JSON, members as in `expect`, null for what is not there.
json::Document told(const decision::Decision& decision, decision::Mode mode) {
  std::string text;
  json::Writer out(text);
  const auto put_text = [&](std::string_view name, const std::optional<std::string_view>& value) {
    out.key(name);
    value ? out.text(*value) : out.null();
  };
  out.begin_object();
  put_text("decision", decision.told_allow(mode) ? "allow" : "deny");
  put_text("policy", decision.policy);
  put_text("rule", decision.rule);
  put_text("reason", decision.reason);
  put_text("approvalId", decision.approval_id);
  out.key("requiresApproval").boolean(decision.requires_approval);
  out.key("wouldDeny").boolean(decision.would_deny(mode));
  out.key("dryRun").begin_list();
  for (const decision::DryRun& run : decision.dry_run) {
    out.begin_object();
    out.member("policy", run.policy).member("rule", run.rule).member("decision", run.allow ? "allow" : "deny");
    out.end_object();
  }
  out.end_list().end_object();
  return json::parse(text).value();
}

void check_request(const decision::Engine& engine, const Value& request, std::vector<std::string>& faults) {
  const Asked asked = read_request(request);
  const decision::Decision decision = engine.decide(asked.question, asked.at);
  const json::Document answer = told(decision, asked.mode);
  const auto fault = [&](const std::string& what) { faults.push_back(what + " for " + json::write(request)); };
  for (const json::Member& expected : request.find("expect")->as_object()) {
    const Value* actual = answer.root().find(expected.key);
    if (actual == nullptr) {
      fault("unknown member `" + std::string(expected.key) + "` of `expect`");
    } else if (!json::equal(*actual, expected.value)) {
      fault("`" + std::string(expected.key) + "` is " + json::write(*actual));
    }
  }
  const NaiveAnswer naive =
      naive_decide(engine.payload().document.root(), asked.question.agent_id, asked.question.request, asked.at);
  const NaiveAnswer engine_answer = to_answer(decision);
  if (naive != engine_answer) fault("engine: " + to_string(engine_answer) + "; oracle: " + to_string(naive));
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

std::vector<std::string> run_case(const Value& vector_case) {
  base::Result<bundle::Payload> payload = build(vector_case);
  if (const Value* refused = vector_case.find("refused")) {
    if (payload) return {"was accepted"};
    const std::string& message = payload.error().message();
    if (message.find(refused->as_text()) == std::string::npos) return {"was refused with: " + message};
    return {};
  }
  if (!payload) return {"was refused: " + payload.error().message()};
  const decision::Engine engine(std::make_shared<const bundle::Payload>(std::move(payload).value()));
  const Value* requests = vector_case.find("requests");
  if (requests == nullptr) return {"has neither `requests` nor `refused`"};
  std::vector<std::string> faults;
  for (const Value& request : requests->as_list()) check_request(engine, request, faults);
  return faults;
}

}  // namespace guardian::testing
