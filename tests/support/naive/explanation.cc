#include "support/naive/explanation.h"

#include <cstdlib>
#include <string>

#include "guardian/json/reader.h"
#include "guardian/json/writer.h"
#include "support/naive/decide.h"
#include "support/naive/policies.h"
#include "support/naive/values.h"

namespace guardian::testing {
namespace {

using json::Value;

void write_because(Stop stop, json::Writer& out) {
  out.key("because");
  switch (stop) {
    case Stop::Nothing:
      out.null();
      return;
    case Stop::Action:
      out.text("action");
      return;
    case Stop::Resource:
      out.text("resource");
      return;
    case Stop::Condition:
      out.text("condition");
      return;
  }
  std::abort();
}

void write_rule(const Question& question, const NaivePolicy& policy, const Value& rule, std::size_t index,
                json::Writer& out) {
  json::Document memory;
  Trace trace;
  const Stop stop = stop_of(question, policy, rule, memory, &trace);
  out.begin_object();
  out.member("rule", rule_id(rule, index)).member("effect", text_field(rule, "effect", ""));
  out.key("matched").boolean(stop == Stop::Nothing);
  write_because(stop, out);
  out.key("test");
  if (trace.failed.empty()) {
    out.null();
  } else {
    const FailedTest& test = trace.failed.front();
    out.begin_object().member("path", test.path).member("operator", test.operator_name);
    out.member("operand", test.operand).member("actual", test.actual).end_object();
  }
  out.key("undecided").begin_list();
  for (const UndecidedTest& test : trace.undecided) {
    out.begin_object().member("path", test.path).member("operator", test.operator_name);
    out.member("why", test.why).end_object();
  }
  out.end_list().end_object();
}

void write_policy(const Question& question, const NaivePolicy& policy, json::Writer& out) {
  const NaiveOutcome outcome = outcome_of(question, policy);
  out.begin_object().member("policy", policy.name);
  out.member("enforcement", text_field(policy.body, "enforcement", "enforce"));
  out.member("combining", combining_of(question.payload, policy));
  out.member("outcome", outcome.effect.empty() ? "none" : outcome.effect);
  out.key("rules").begin_list();
  std::size_t index = 0;
  for (const Value& rule : field(policy.body, "rules")->as_list()) write_rule(question, policy, rule, index++, out);
  out.end_list().end_object();
}

}  // namespace

json::Document naive_explain(const Value& payload, const NaiveQuestion& asked, base::TimePoint now) {
  const policy::Request request = delegated_request(asked);
  const std::optional<policy::Agent> agent = find_agent(payload, asked.agent_id);
  std::string text;
  json::Writer out(text);
  out.begin_list();
  if (!answer_before_rules(payload, request.action, asked.agent_id, agent)) {
    const NaiveOptions options;
    const Question question{payload, *agent, request, now, options};
    for (const NaivePolicy& policy : applicable_policies(question).all) write_policy(question, policy, out);
  }
  out.end_list();
  return json::parse(text).value();
}

}  // namespace guardian::testing
