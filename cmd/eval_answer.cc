#include "eval_answer.h"

#include "guardian/audit/redaction.h"
#include "guardian/crypto/digest.h"
#include "guardian/json/reader.h"
#include "guardian/sidecar/answer.h"

namespace guardian::cmd {

namespace {

constexpr std::size_t kMaxExplainBytes = std::size_t{16} << 20;

std::string compact(const json::Value* value) { return value == nullptr ? "null" : json::write(*value); }

std::string_view text_of(const json::Value& object, std::string_view member) {
  const json::Value* const value = object.find(member);
  return value == nullptr || !value->is_text() ? std::string_view() : value->as_text();
}

std::string rule_line(const json::Value& rule, std::string_view indent, Ink ink) {
  const bool matched = rule.find("matched")->as_boolean();
  std::string line = std::string(indent) + "  " + std::string(matched ? "+ " : "- ") +
                     std::string(text_of(rule, "rule")) + " [" + std::string(text_of(rule, "effect")) + "] ";
  line += matched ? "matched" : "no match: " + std::string(text_of(rule, "because"));
  const json::Value* const test = rule.find("test");
  if (test != nullptr && test->is_object()) {
    line += ": " + std::string(text_of(*test, "path")) + " " + std::string(text_of(*test, "operator")) + " " +
            compact(test->find("operand")) + ", actual " + compact(test->find("actual"));
  }
  line = inked(line, matched ? Colour::Green : Colour::Dim, ink) + "\n";
  for (const json::Value& undecided : rule.find("undecided")->as_list()) {
    line += inked(std::string(indent) + "      undecided: " + std::string(text_of(undecided, "path")) + " " +
                      std::string(text_of(undecided, "operator")) + " (" + std::string(text_of(undecided, "why")) + ")",
                  Colour::Yellow, ink) +
            "\n";
  }
  return line;
}

}  // namespace

std::string explanation_of(const decision::Engine& engine, const decision::Question& question, base::TimePoint at) {
  constexpr std::size_t kKeyBytes = 32;
  std::string explanation;
  json::Writer out(explanation);
  engine.explain(question, at, kMaxExplainBytes, out);
  return audit::Redactor(crypto::random_bytes(kKeyBytes)).redact_explain(explanation);
}

std::string explanation_tree(std::string_view explanation, std::string_view indent, Ink ink) {
  json::ReadLimits limits;
  limits.max_bytes = std::size_t{256} << 20;
  limits.max_depth = 128;
  const auto parsed = json::parse(explanation, limits);
  if (!parsed) return "";
  std::string text;
  for (const json::Value& policy : parsed->root().as_list()) {
    text += printable_line(std::string(indent) + std::string(text_of(policy, "policy")) + " (" +
                           std::string(text_of(policy, "enforcement")) + ", " +
                           std::string(text_of(policy, "combining")) + "): " + std::string(text_of(policy, "outcome")));
    for (const json::Value& rule : policy.find("rules")->as_list()) text += rule_line(rule, indent, ink);
    if (policy.find("truncated") != nullptr)
      text += inked(std::string(indent) + "  (further rules left out)", Colour::Dim, ink) + "\n";
  }
  return text;
}

base::Result<Evaluated> evaluate(const decision::Engine& engine, std::string_view body, base::TimePoint now) {
  auto request = sidecar::parse_enforce_request(body, sidecar::ExtraMembers::Eval);
  if (!request) return std::move(request).error();
  const base::TimePoint at = request->at.value_or(now);
  Evaluated evaluated{std::move(request).value(), {}, {}};
  evaluated.decision = engine.decide(evaluated.request.question, at);
  if (evaluated.request.explain) evaluated.explain = explanation_of(engine, evaluated.request.question, at);
  return evaluated;
}

std::string answer_json(const Evaluated& evaluated, const decision::Engine& engine) {
  return sidecar::enforce_answer({.decision = evaluated.decision,
                                  .mode = decision::Mode::Enforce,
                                  .latency_micros = std::nullopt,
                                  .bundle_version = engine.payload().version.text(),
                                  .explain = evaluated.explain,
                                  .trace_id = evaluated.request.trace_id});
}

std::string answer_text(const Evaluated& evaluated, const decision::Engine& engine) {
  const decision::Decision& decided = evaluated.decision;
  std::string text = decided.allow ? coloured("allow", Colour::Green) : coloured("deny", Colour::Red);
  std::string decider;
  if (decided.policy) decider += "  " + std::string(*decided.policy);
  if (decided.rule) decider += " / " + std::string(*decided.rule);
  text += printable_line(decider);
  if (decided.reason) text += row("reason", *decided.reason);
  if (decided.requires_approval) text += row("approval", "required");
  if (decided.approval_id) text += row("approval", *decided.approval_id);
  for (const decision::DryRun& dry : decided.dry_run) {
    text += row("dry run",
                std::string(dry.policy) + " / " + std::string(dry.rule) + " would " + (dry.allow ? "allow" : "deny"));
  }
  text += row("bundle", engine.payload().version.text());
  if (!evaluated.explain.empty()) text += "\n" + explanation_tree(evaluated.explain, "", Ink::Coloured);
  return text;
}

}  // namespace guardian::cmd
