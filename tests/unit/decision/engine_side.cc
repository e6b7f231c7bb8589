#include <utility>

#include "answers.h"
#include "guardian/bundle/payload.h"
#include "sides.h"

namespace guardian::testing {

EngineSide::EngineSide() : store_({}, files_, clock_) {}

base::Status EngineSide::use(json::Document payload) {
  GUARDIAN_ASSIGN(bundle::Payload checked, bundle::check_payload(std::move(payload), {}));
  engine_ = std::make_unique<const decision::Engine>(std::make_shared<const bundle::Payload>(std::move(checked)));
  return {};
}

void EngineSide::move_clock(base::TimePoint now) {
  if (now >= clock_.now()) {
    clock_.advance(now - clock_.now());
  } else {
    clock_.set(now);
  }
}

Reply EngineSide::ask(const NaiveQuestion& question, base::TimePoint now) {
  move_clock(now);
  Reply reply;
  reply.explain = engine_explain(*engine_, question, now);
  decision::Decision decision = engine_->decide(to_question(question), now);
  const limits::Charge charge = decision.charge;
  if (charge.size > 0) decision::apply(store_.charge(charge), decision);
  reply.answer = to_answer(decision, charge);
  if (decision.retry_after_ms) reply.retry_ms.emplace(*decision.retry_after_ms, *decision.retry_after_ms);
  return reply;
}

}  // namespace guardian::testing
