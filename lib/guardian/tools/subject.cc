#include "guardian/tools/subject.h"

#include <algorithm>
#include <utility>

#include "guardian/json/reader.h"
#include "guardian/json/writer.h"
#include "guardian/tools/sample_bundle.h"

namespace guardian::tools {

namespace {

using base::Error;
using base::ErrorCode;

constexpr std::chrono::seconds kAnswerLimit{10};

// Empty for null and for what is not there.
std::string text_of(const json::Value& object, std::string_view member) {
  const json::Value* const value = object.find(member);
  return value != nullptr && value->is_text() ? std::string(value->as_text()) : std::string();
}

bool is_true(const json::Value& object, std::string_view member) {
  const json::Value* const value = object.find(member);
  return value != nullptr && value->is_boolean() && value->as_boolean();
}

base::Result<json::Document> parse_answer(const net::Answer& answer, std::string_view path) {
  auto document = json::parse(answer.body);
  if (document.ok() && document->root().is_object()) return document;
  return Error(ErrorCode::Malformed,
               std::string(path) + ": answered " + std::to_string(answer.status) + " without a JSON object");
}

std::string or_none(const std::string& text) { return text.empty() ? "none" : text; }

}  // namespace

bool HealthSeen::names(std::string_view text) const {
  return std::ranges::any_of(problems, [&](const std::string& problem) { return problem.find(text) != problem.npos; });
}

std::string HealthSeen::text() const {
  std::string all = status + ", version " + or_none(version);
  if (!last_sync_error.empty()) all += ", last sync: " + last_sync_error;
  for (const std::string& problem : problems) all += ", problem: " + problem;
  return all;
}

std::string SyncSeen::text() const {
  return outcome + (code.empty() ? "" : " (" + code + "): " + error) + ", active " + or_none(active);
}

Subject::Subject(Child process, std::uint16_t port, std::string admin_token)
    : process_(std::move(process)),
      base_url_("http://127.0.0.1:" + std::to_string(port)),
      admin_token_(std::move(admin_token)),
      client_(net::make_client({})) {}

base::Result<net::Answer> Subject::ask(std::string method, std::string path, std::string body) {
  net::Call call;
  call.method = std::move(method);
  call.url = base_url_ + path;
  call.timeout = call.head_timeout = kAnswerLimit;
  if (call.method == "POST") {
    call.content_type = "application/json";
    call.body = std::move(body);
  }
  if (path.starts_with("/admin/")) call.headers.add("X-Admin-Token", admin_token_);
  auto answer = client_->send(call);
  if (answer) return answer;
  if (const auto code = process_.ended()) {
    return Error(ErrorCode::Network, "the sidecar has ended with " + std::to_string(*code));
  }
  return std::move(answer).error().within("the sidecar");
}

base::Result<HealthSeen> Subject::health() {
  GUARDIAN_ASSIGN(const net::Answer answer, ask("GET", "/health", {}));
  GUARDIAN_ASSIGN(const json::Document document, parse_answer(answer, "/health"));
  const json::Value& root = document.root();
  HealthSeen seen;
  seen.http_status = answer.status;
  seen.status = text_of(root, "status");
  seen.version = text_of(root, "bundleVersion");
  seen.gateway_reachable = is_true(root, "gatewayReachable");
  seen.last_sync_success = is_true(root, "lastSyncSuccess");
  seen.last_sync_error = text_of(root, "lastSyncError");
  const json::Value* const problems = root.find("problems");
  if (problems != nullptr && problems->is_list()) {
    for (const json::Value& problem : problems->as_list()) {
      if (problem.is_text()) seen.problems.emplace_back(problem.as_text());
    }
  }
  return seen;
}

base::Result<std::string> Subject::decide(std::string_view action, std::string_view agent) {
  std::string question;
  json::Writer(question).begin_object().member("agentId", agent).member("action", action).end_object();
  GUARDIAN_ASSIGN(const net::Answer answer, ask("POST", "/enforce", std::move(question)));
  GUARDIAN_ASSIGN(const json::Document document, parse_answer(answer, "/enforce"));
  if (answer.status != 200) {
    return Error(ErrorCode::Malformed, "/enforce: answered " + std::to_string(answer.status));
  }
  const json::Value& root = document.root();
  return text_of(root, "decision") + " " + or_none(text_of(root, "policy")) + "/" + or_none(text_of(root, "rule")) +
         " under " + or_none(text_of(root, "bundleVersion"));
}

base::Result<bool> Subject::allows(std::string_view action) {
  GUARDIAN_ASSIGN(const std::string decision, decide(action, kAgent));
  return decision.starts_with("allow ");
}

base::Result<std::string> Subject::decisions() {
  std::string all;
  for (const std::string_view action : {"read:document", "delete:document", "write:document", "generation:1"}) {
    for (const std::string_view agent : {kAgent, std::string_view("agent_nobody")}) {
      GUARDIAN_ASSIGN(const std::string decision, decide(action, agent));
      all += std::string(agent) + " " + std::string(action) + ": " + decision + "\n";
    }
  }
  return all;
}

base::Result<SyncSeen> Subject::sync() {
  GUARDIAN_ASSIGN(const net::Answer answer, ask("POST", "/admin/sync", {}));
  GUARDIAN_ASSIGN(const json::Document document, parse_answer(answer, "/admin/sync"));
  const json::Value& root = document.root();
  SyncSeen seen{text_of(root, "outcome"), text_of(root, "active"), text_of(root, "code"), text_of(root, "error")};
  if (!seen.outcome.empty()) return seen;
  return Error(ErrorCode::Malformed, "/admin/sync: answered " + std::to_string(answer.status) + " " + seen.error);
}

}  // namespace guardian::tools
