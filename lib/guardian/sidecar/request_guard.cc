#include "guardian/sidecar/request_guard.h"

#include <algorithm>
#include <utility>

#include "guardian/audit/event.h"
#include "guardian/base/text.h"
#include "guardian/sidecar/answer.h"

namespace guardian::sidecar {

namespace {

// Of one request's explanations together; a batch shares it out, but never less than the minimum for each.
constexpr std::size_t kMaxExplainBytes = std::size_t{1} << 20;
constexpr std::size_t kMinExplainBytes = std::size_t{8} << 10;
constexpr std::string_view kReasonInvalidToken = "Invalid token";

net::Response error_answer(const base::Error& error) {
  if (error.code() == base::ErrorCode::TooLarge) return net::error_response(413, "too_large", error.message());
  return net::error_response(400, "bad_request", error.message());
}

std::optional<std::string_view> version_of(const decision::Snapshot* snapshot) {
  if (snapshot == nullptr) return std::nullopt;
  return std::string_view(snapshot->bundle().payload().version.text());
}

net::Response json_answer(std::string body) {
  net::Response response;
  response.body = std::move(body);
  return response;
}

}  // namespace

struct RequestGuard::Recorded {
  decision::Decision decision;
  std::int64_t latency_micros = 0;
  std::string explain;  // what the caller asked for; empty otherwise
};

RequestGuard::RequestGuard(GuardOptions options, const decision::ActiveSnapshot& active, const base::Clock& clock,
                           const base::Logger& logger, audit::Redactor redactor)
    : options_(options), active_(active), clock_(clock), logger_(logger), redactor_(std::move(redactor)) {}

bool RequestGuard::carries_token(const net::Request& request) {
  constexpr std::string_view kScheme = "Bearer ";
  const auto header = request.headers.find("Authorization");
  return header && base::equal_ignoring_case(header->substr(0, kScheme.size()), kScheme);
}

decision::Decision RequestGuard::decide(const Asked& asked, const decision::Question& question,
                                        base::TimePoint now) const {
  if (asked.bad_token) return decision::deny_without_policy(kReasonInvalidToken);
  if (asked.snapshot == nullptr) return decision::deny_without_policy(decision::kReasonNoBundle);
  if (options_.enforce_expiry && asked.snapshot->bundle().expired(base::to_instant(now))) {
    return decision::deny_without_policy(decision::kReasonExpired);
  }
  return asked.snapshot->engine().decide(question, now);
}

RequestGuard::Recorded RequestGuard::decide_and_record(const Asked& asked, const decision::Question& question,
                                                       std::chrono::nanoseconds began) const {
  Recorded recorded;
  const base::TimePoint now = clock_.now();
  recorded.decision = decide(asked, question, now);
  recorded.latency_micros = std::chrono::duration_cast<std::chrono::microseconds>(clock_.monotonic() - began).count();

  // A denial that audit mode lets pass is always recorded with its evaluation (audit.md).
  std::string explain;
  if (asked.explain || recorded.decision.would_deny(options_.mode)) {
    explain = "[]";
    if (asked.snapshot != nullptr && !asked.bad_token) {
      explain.clear();
      json::Writer out(explain);
      asked.snapshot->engine().explain(question, now, asked.max_explain_bytes, out);
      explain = redactor_.redact_explain(explain);
    }
  }
  const bundle::AgentRecord* agent =
      asked.snapshot == nullptr ? nullptr : asked.snapshot->engine().find_agent(question.agent_id);
  logger_.line(audit::write_event({.time = now,
                                   .mode = options_.mode,
                                   .bundle_version = version_of(asked.snapshot),
                                   .agent_id = question.agent_id,
                                   .agent = agent == nullptr ? nullptr : &agent->view,
                                   .request = question.request,
                                   .decision = recorded.decision,
                                   .latency_micros = recorded.latency_micros,
                                   .trace_id = asked.trace_id,
                                   .explain = explain},
                                  redactor_));
  if (asked.explain) recorded.explain = std::move(explain);
  return recorded;
}

net::Response RequestGuard::refuse_token() {
  return net::error_response(401, "unauthorized", "agent tokens are not supported yet: send no Authorization header");
}

net::Response RequestGuard::enforce(const net::Request& request) const {
  const std::chrono::nanoseconds began = clock_.monotonic();
  const auto parsed = parse_enforce_request(request.body, ExtraMembers::None);
  if (!parsed) return error_answer(parsed.error());
  const bool bad_token = carries_token(request);
  if (bad_token && options_.mode == decision::Mode::Enforce) return refuse_token();

  const auto snapshot = active_.get();
  const Asked asked{snapshot.get(), bad_token, parsed->explain, kMaxExplainBytes, parsed->trace_id};
  const Recorded recorded = decide_and_record(asked, parsed->question, began);
  return json_answer(enforce_answer({.decision = recorded.decision,
                                     .mode = options_.mode,
                                     .latency_micros = recorded.latency_micros,
                                     .bundle_version = version_of(snapshot.get()),
                                     .explain = recorded.explain,
                                     .trace_id = parsed->trace_id}));
}

net::Response RequestGuard::enforce_batch(const net::Request& request) const {
  const std::chrono::nanoseconds began = clock_.monotonic();
  const auto parsed = parse_batch_request(request.body);
  if (!parsed) return error_answer(parsed.error());
  const bool bad_token = carries_token(request);
  if (bad_token && options_.mode == decision::Mode::Enforce) return refuse_token();

  const auto snapshot = active_.get();
  const std::size_t max_explain_bytes = std::max(kMaxExplainBytes / parsed->actions.size(), kMinExplainBytes);
  const Asked asked{snapshot.get(), bad_token, parsed->explain, max_explain_bytes, parsed->trace_id};
  std::string body;
  json::Writer out(body);
  bool all_allowed = true;
  out.begin_object().key("results").begin_list();
  for (const policy::Request& action : parsed->actions) {
    const Recorded recorded = decide_and_record(asked, {parsed->agent_id, action}, began);
    all_allowed = all_allowed && recorded.decision.told_allow(options_.mode);
    write_batch_result(out, action.action,
                       {.decision = recorded.decision,
                        .mode = options_.mode,
                        .latency_micros = recorded.latency_micros,
                        .bundle_version = std::nullopt,
                        .explain = recorded.explain,
                        .trace_id = std::nullopt});
  }
  out.end_list().key("allAllowed").boolean(all_allowed).key("bundleVersion");
  if (snapshot == nullptr) {
    out.null();
  } else {
    out.text(*version_of(snapshot.get()));
  }
  out.member("mode", decision::to_string(options_.mode));
  if (parsed->trace_id) out.member("traceId", *parsed->trace_id);
  out.end_object();
  return json_answer(std::move(body));
}

}  // namespace guardian::sidecar
