#include "sides.h"
#include "support/naive/explanation.h"

namespace guardian::testing {

Reply OracleSide::ask(const NaiveQuestion& question, base::TimePoint now) {
  Reply reply;
  reply.explain = naive_explain(payload_, question, now);
  reply.answer = naive_decide(payload_, question, now);
  const auto time = now.time_since_epoch();
  const NaiveLimits::Judgement judgement = limits_.judge(reply.answer.counts, time);
  switch (judgement.demand) {
    case NaiveLimits::Demand::Either:
      reply.certain = false;
      return reply;
    case NaiveLimits::Demand::Admit:
      limits_.record(reply.answer.counts, time);
      return reply;
    case NaiveLimits::Demand::Refuse:
      break;
  }
  reply.answer = naive_decide(payload_, question, now, {.limited = kNaiveLimited});
  reply.retry_ms.emplace(judgement.least_retry_ms, judgement.most_retry_ms);
  return reply;
}

}  // namespace guardian::testing
