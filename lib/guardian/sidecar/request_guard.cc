#include "guardian/sidecar/request_guard.h"

#include <algorithm>
#include <exception>
#include <utility>
#include <vector>

#include "guardian/audit/event.h"
#include "guardian/base/random.h"
#include "guardian/base/text.h"
#include "guardian/sidecar/answer.h"

namespace guardian::sidecar {

namespace {

// Of one request's explanations together; a batch shares it out, but never less than the minimum for each.
constexpr std::size_t kMaxExplainBytes = std::size_t{1} << 20;
constexpr std::size_t kMinExplainBytes = std::size_t{8} << 10;
constexpr std::string_view kReasonInvalidToken = "Invalid token";
constexpr std::string_view kReasonNotRecorded = "Audit log is full";
constexpr std::size_t kBatchIdBytes = 16;

net::Response error_answer(const base::Error& error) {
  if (error.code() == base::ErrorCode::TooLarge) return net::error_response(413, "too_large", error.message());
  if (error.code() == base::ErrorCode::Forbidden) return net::error_response(403, "forbidden", error.message());
  return net::error_response(400, "bad_request", error.message());
}

net::Response refuse_token() {
  return net::error_response(401, "unauthorized", "agent tokens are not supported yet: send no Authorization header");
}

net::Response json_answer(std::string body) {
  net::Response response;
  response.body = std::move(body);
  return response;
}

}  // namespace

// One question of a request and what came of it.
struct RequestGuard::Judged {
  decision::Question question;
  base::TimePoint time;
  decision::Decision decision;
  std::int64_t latency_micros = 0;
  std::string explain;  // redacted; empty where none is wanted
};

// One request on its way: what it asks, the snapshot it began with, what has been decided so far, and the way back. It
// is its own while a store of rate limits is asked elsewhere, and while its record is being written.
class RequestGuard::Exchange final : public limits::Waiter, public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(const RequestGuard& guard, std::chrono::nanoseconds began, net::Reply reply)
      : guard_(guard), began_(began), reply_(std::move(reply)) {}

  void ask(const decision::Question& question) { judged.push_back({question, {}, {}, 0, {}}); }

  // Has the charges judged; false: charged() comes later, and this belongs to itself until then.
  [[nodiscard]] bool charge() {
    kept_ = shared_from_this();
    for (const Judged& one : judged) {
      if (one.decision.charge.size != 0) charges_.push_back(one.decision.charge);
    }
    verdicts_.resize(charges_.size());
    const bool judged_now = charges_.empty() || guard_.limits_.charge(charges_, verdicts_, *this);
    // Else charged() lets go of it, or has done so already.
    if (judged_now) kept_.reset();
    return judged_now;
  }

  // On the store's thread, which writing the record may not hold up.
  void charged() noexcept override {
    const std::shared_ptr<Exchange> own = std::move(kept_);
    reply_.resume([own] {
      try {
        own->finish();
      } catch (const std::exception&) {
        // The reply answers 500 when it goes.
      }
    });
  }

  // Everything is decided: record, then answer.
  void finish() {
    auto verdict = verdicts_.begin();
    std::vector<audit::Draft> drafts;
    drafts.reserve(judged.size());
    const bool records = guard_.sink_.records();
    for (Judged& one : judged) {
      if (one.decision.charge.size != 0) {
        decision::apply(*verdict++, one.decision);
        one.latency_micros = latency();
      }
      one.explain = guard_.explanation_of(*this, one);
      drafts.push_back(records ? guard_.draft(*this, one) : audit::Draft());
    }
    // Made here: who writes may write for many.
    body_ = guard_.body_of(*this);
    guard_.sink_.append(std::move(drafts), [own = shared_from_this()](bool recorded) {
      try {
        if (!recorded) own->not_recorded();
        std::move(own->reply_).send(json_answer(std::move(own->body_)));
      } catch (const std::exception&) {
        // The reply answers 500 when it goes.
      }
    });
  }

  // What is not on record is not allowed where AUDIT_FULL says so; audit mode blocks nothing.
  void not_recorded() {
    if (!guard_.sink_.denies_unrecorded() || guard_.options_.mode != decision::Mode::Enforce) return;
    for (Judged& one : judged) one.decision = decision::deny_without_policy(kReasonNotRecorded);
    body_ = guard_.body_of(*this);
  }

  [[nodiscard]] std::int64_t latency() const {
    return std::chrono::duration_cast<std::chrono::microseconds>(guard_.clock_.monotonic() - began_).count();
  }
  [[nodiscard]] std::optional<std::string_view> version() const {
    if (snapshot == nullptr) return std::nullopt;
    return std::string_view(snapshot->bundle().payload().version.text());
  }

  json::Document document;              // what the questions point into
  std::vector<std::string_view> chain;  // of every question
  std::shared_ptr<const decision::Snapshot> snapshot;
  std::vector<Judged> judged;
  bool is_batch = false;
  std::optional<std::string> batch_id;
  bool bad_token = false;
  bool explain = false;
  std::size_t max_explain_bytes = kMaxExplainBytes;  // of each decision
  std::optional<std::string_view> trace_id;

 private:
  const RequestGuard& guard_;
  std::chrono::nanoseconds began_;
  net::Reply reply_;
  std::vector<limits::Charge> charges_;
  std::vector<limits::Verdict> verdicts_;
  std::string body_;
  std::shared_ptr<Exchange> kept_;  // by itself
};

RequestGuard::RequestGuard(GuardOptions options, const decision::ActiveSnapshot& active, BundleTimes times,
                           limits::Store& limits, const base::Clock& clock, audit::Sink& sink, audit::Redactor redactor)
    : options_(std::move(options)),
      active_(active),
      times_(times),
      limits_(limits),
      clock_(clock),
      sink_(sink),
      redactor_(std::move(redactor)) {}

bool RequestGuard::carries_token(const net::Request& request) {
  constexpr std::string_view kScheme = "Bearer ";
  const auto header = request.headers.find("Authorization");
  return header && base::equal_ignoring_case(header->substr(0, kScheme.size()), kScheme);
}

void RequestGuard::enforce(const net::Request& request, net::Reply reply) const {
  const std::chrono::nanoseconds began = clock_.monotonic();
  auto parsed = parse_enforce_request(request.body, ExtraMembers::None);
  if (!parsed) return std::move(reply).send(error_answer(parsed.error()));
  const bool bad_token = carries_token(request);
  if (bad_token && options_.mode == decision::Mode::Enforce) return std::move(reply).send(refuse_token());

  auto exchange = std::make_shared<Exchange>(*this, began, std::move(reply));
  exchange->bad_token = bad_token;
  exchange->document = std::move(parsed->document);
  exchange->chain = std::move(parsed->chain);
  exchange->explain = parsed->explain;
  exchange->trace_id = parsed->trace_id;
  exchange->ask(parsed->question);
  run(std::move(exchange));
}

void RequestGuard::enforce_batch(const net::Request& request, net::Reply reply) const {
  const std::chrono::nanoseconds began = clock_.monotonic();
  auto parsed = parse_batch_request(request.body);
  if (!parsed) return std::move(reply).send(error_answer(parsed.error()));
  const bool bad_token = carries_token(request);
  if (bad_token && options_.mode == decision::Mode::Enforce) return std::move(reply).send(refuse_token());

  auto exchange = std::make_shared<Exchange>(*this, began, std::move(reply));
  exchange->is_batch = true;
  exchange->batch_id = base::random_hex(kBatchIdBytes);
  exchange->bad_token = bad_token;
  exchange->document = std::move(parsed->document);
  exchange->chain = std::move(parsed->asker.chain);
  exchange->explain = parsed->explain;
  exchange->trace_id = parsed->trace_id;
  exchange->max_explain_bytes = std::max(kMaxExplainBytes / parsed->actions.size(), kMinExplainBytes);
  exchange->judged.reserve(parsed->actions.size());
  for (const policy::Request& action : parsed->actions) {
    exchange->ask({parsed->asker.agent_id, action, exchange->chain});
  }
  run(std::move(exchange));
}

void RequestGuard::run(std::shared_ptr<Exchange> exchange) const {
  exchange->snapshot = active_.get();
  for (Judged& one : exchange->judged) {
    one.time = clock_.now();
    one.decision = decide(*exchange, one.question, one.time);
    one.latency_micros = exchange->latency();
  }
  if (exchange->charge()) exchange->finish();
}

decision::Decision RequestGuard::decide(const Exchange& exchange, const decision::Question& question,
                                        base::TimePoint now) const {
  if (exchange.bad_token) return decision::deny_without_policy(kReasonInvalidToken);
  if (exchange.snapshot == nullptr) return decision::deny_without_policy(decision::kReasonNoBundle);
  if (options_.enforce_expiry && exchange.snapshot->bundle().expired(base::to_instant(times_.floor.now()))) {
    return decision::deny_without_policy(decision::kReasonExpired);
  }
  if (options_.max_bundle_age && times_.age.age() > *options_.max_bundle_age) {
    return decision::deny_without_policy(decision::kReasonTooOld);
  }
  return exchange.snapshot->engine().decide(question, now, times_.floor.value());
}

// A denial that audit mode lets pass is always recorded with its evaluation (audit.md).
std::string RequestGuard::explanation_of(const Exchange& exchange, const Judged& judged) const {
  if (!exchange.explain && !judged.decision.would_deny(options_.mode)) return {};
  if (exchange.snapshot == nullptr || exchange.bad_token) return "[]";
  std::string explain;
  json::Writer out(explain);
  exchange.snapshot->engine().explain(judged.question, judged.time, exchange.max_explain_bytes, out);
  return redactor_.redact_explain(explain);
}

audit::Draft RequestGuard::draft(const Exchange& exchange, const Judged& judged) const {
  const bundle::AgentRecord* agent =
      exchange.snapshot == nullptr ? nullptr : exchange.snapshot->engine().find_agent(judged.question.agent_id);
  return audit::draft_decision({.sidecar = options_.sidecar,
                                .time = judged.time,
                                .mode = options_.mode,
                                .bundle_version = exchange.version(),
                                .agent_id = judged.question.agent_id,
                                .agent = agent == nullptr ? nullptr : &agent->view,
                                .request = judged.question.request,
                                .chain = judged.question.chain,
                                .decision = judged.decision,
                                .latency_micros = judged.latency_micros,
                                .trace_id = exchange.trace_id,
                                .batch_id = exchange.batch_id,
                                .explain = judged.explain},
                               redactor_);
}

std::string RequestGuard::body_of(Exchange& exchange) const {
  return exchange.is_batch ? batch_answer(exchange) : single_answer(exchange);
}

std::string RequestGuard::single_answer(Exchange& exchange) const {
  const Judged& judged = exchange.judged.front();
  return enforce_answer({.decision = judged.decision,
                         .mode = options_.mode,
                         .latency_micros = judged.latency_micros,
                         .bundle_version = exchange.version(),
                         .explain = exchange.explain ? std::string_view(judged.explain) : std::string_view(),
                         .trace_id = exchange.trace_id});
}

std::string RequestGuard::batch_answer(Exchange& exchange) const {
  std::string body;
  json::Writer out(body);
  bool all_allowed = true;
  out.begin_object().key("results").begin_list();
  for (const Judged& judged : exchange.judged) {
    all_allowed = all_allowed && judged.decision.told_allow(options_.mode);
    write_batch_result(out, judged.question.request.action,
                       {.decision = judged.decision,
                        .mode = options_.mode,
                        .latency_micros = judged.latency_micros,
                        .bundle_version = std::nullopt,
                        .explain = exchange.explain ? std::string_view(judged.explain) : std::string_view(),
                        .trace_id = std::nullopt});
  }
  out.end_list().key("allAllowed").boolean(all_allowed).key("bundleVersion");
  if (const auto version = exchange.version()) {
    out.text(*version);
  } else {
    out.null();
  }
  out.member("mode", decision::to_string(options_.mode));
  if (exchange.trace_id) out.member("traceId", *exchange.trace_id);
  out.end_object();
  return body;
}

}  // namespace guardian::sidecar
