// guardian policy who-can: which agents may do something, by which rules and under which conditions.
#include <algorithm>
#include <optional>
#include <string>

#include "eval_source.h"
#include "guardian/analysis/who_can.h"
#include "guardian/base/clock.h"
#include "guardian/base/text.h"
#include "guardian/json/reader.h"
#include "guardian/json/writer.h"
#include "output.h"
#include "policy_commands.h"
#include "rate_limit_text.h"
#include "settings_flags.h"

namespace guardian::cmd {

namespace {

using analysis::DecidingRule;
using analysis::Fallback;
using analysis::Standing;
using analysis::Verdict;

struct Arguments {
  EvalSource source;
  std::string action;
  std::optional<std::string> resource;
  std::string context;
  std::string at;
  bool all = false;
  bool json = false;
};

base::Error bad_input(const char* message) { return {base::ErrorCode::InvalidInput, message}; }

base::Result<analysis::WhoCanQuestion> question_of(const Arguments& arguments, const json::Document& context,
                                                   base::TimePoint now) {
  analysis::WhoCanQuestion question;
  if (!decision::is_valid_action(arguments.action))
    return bad_input("the action must be 1 to 256 bytes without control characters");
  if (!base::is_utf8(arguments.action)) return bad_input("the action is not valid UTF-8");
  question.action = arguments.action;
  if (arguments.resource) {
    if (arguments.resource->size() > decision::kMaxResourceBytes)
      return bad_input("the resource is longer than 4096 bytes");
    if (!base::is_utf8(*arguments.resource)) return bad_input("the resource is not valid UTF-8");
    question.resource = *arguments.resource;
  }
  if (!arguments.context.empty()) {
    if (!context.root().is_object()) return bad_input("--context: must be a JSON object");
    question.context = context.root();
  }
  if (!arguments.at.empty()) {
    const auto at = base::parse_rfc3339(arguments.at);
    if (!at) return bad_input("--at: must be an RFC 3339 date-time");
    question.at = base::to_time_point(*at);
  }
  question.now = now;
  return question;
}

std::string_view name_of(Fallback fallback) {
  switch (fallback) {
    case Fallback::None:
      return "";
    case Fallback::Allow:
      return "allow";
    case Fallback::Deny:
      return "deny";
    case Fallback::Either:
      return "either";
  }
  return "";
}

std::string approved_until(const bundle::Approval& approval) {
  return base::format_rfc3339(base::to_time_point(approval.expires_at));
}

void write_rule(const DecidingRule& rule, json::Writer& out) {
  out.begin_object().member("policy", rule.policy).member("rule", rule.rule);
  out.member("effect", policy::to_string(rule.effect)).key("condition");
  rule.condition.empty() ? out.null() : out.text(rule.condition);
  if (rule.approval != nullptr) {
    out.member("approvalId", rule.approval->id).member("approvedUntil", approved_until(*rule.approval));
  }
  write_rate_limits("rateLimit", rule.limits, out);
  write_rate_limits("policyRateLimit", rule.policy_limits, out);
  out.end_object();
}

void write_finding(const Standing& standing, json::Writer& out) {
  out.begin_object().key("agentId");
  standing.agent == nullptr ? out.null() : out.text(standing.agent->view.id);
  out.member("name", standing.agent == nullptr ? json::Value() : standing.agent->view.name);
  out.member("trustTier", standing.trust_tier).member("verdict", analysis::to_string(standing.verdict));
  out.key("rules").begin_list();
  for (const DecidingRule& rule : standing.rules) write_rule(rule, out);
  out.end_list().key("otherwise");
  standing.fallback == Fallback::None ? out.null() : out.text(name_of(standing.fallback));
  write_rate_limits("policyRateLimit", standing.fallback_limits, out);
  out.key("reason");
  standing.reason.empty() ? out.null() : out.text(standing.reason);
  out.end_object();
}

std::string json_of(const analysis::WhoCanQuestion& question, const std::vector<Standing>& standings) {
  std::string text;
  json::Writer out(text);
  out.begin_object().member("action", question.action).key("resource");
  question.resource ? out.text(*question.resource) : out.null();
  out.key("agents").begin_list();
  for (const Standing& standing : standings) write_finding(standing, out);
  out.end_list().end_object();
  return text + "\n";
}

Colour colour_of(Verdict verdict) {
  if (verdict == Verdict::Allow) return Colour::Green;
  return verdict == Verdict::Deny ? Colour::Red : Colour::Yellow;
}

std::string text_of(const DecidingRule& rule) {
  std::string text =
      std::string(policy::to_string(rule.effect)) + " by " + std::string(rule.policy) + " / " + std::string(rule.rule);
  if (!rule.condition.empty()) text += " if " + rule.condition;
  if (rule.approval != nullptr) {
    text += ", approved by " + std::string(rule.approval->id) + " until " + approved_until(*rule.approval);
  }
  if (rule.limits.any()) text += ", limited to " + rate_limit_text(rule.limits);
  if (rule.policy_limits.any()) text += ", with all of its policy to " + rate_limit_text(rule.policy_limits);
  return text;
}

std::string text_of(const Standing& standing) {
  std::string who = standing.agent == nullptr ? "agents not in the bundle" : std::string(standing.agent->view.id);
  who += " (" + std::string(standing.trust_tier);
  if (standing.agent != nullptr && standing.agent->view.name.is_text())
    who += ", " + std::string(standing.agent->view.name.as_text());
  who += ")";
  std::string text = coloured(analysis::to_string(standing.verdict), colour_of(standing.verdict)) + "  " +
                     printable_line(standing.reason.empty() ? who : who + ": " + standing.reason);
  for (const DecidingRule& rule : standing.rules) text += "  " + printable_line(text_of(rule));
  if (standing.fallback == Fallback::None || standing.verdict == Verdict::Deny) return text;
  const bool either = standing.fallback == Fallback::Either;
  text += "  otherwise " + (either ? "allow or deny, by agent id" : std::string(name_of(standing.fallback)));
  if (standing.fallback_limits.any()) text += ", limited to " + rate_limit_text(standing.fallback_limits);
  return text + "\n";
}

ExitCode run(const Arguments& arguments, const SettingsFlags& flags) {
  base::SystemFileSystem files;
  const base::SystemClock clock;
  const auto settings = flags.load(files, config::Needs::Nothing);
  if (!settings) return fail(settings.error());
  const auto context = json::parse(arguments.context.empty() ? "null" : arguments.context);
  if (!context) return fail(base::Error(context.error()).within("--context"));
  const auto question = question_of(arguments, *context, clock.now());
  if (!question) return fail(question.error());
  const auto engine = open_engine(arguments.source, files, *settings, clock.now());
  if (!engine) return fail(exit_code_of_source(arguments.source, engine.error().code()), engine.error().message());

  std::vector<Standing> standings = analysis::who_can((*engine)->payload(), *question);
  const auto is_denied = [](const Standing& standing) { return standing.verdict == Verdict::Deny; };
  const bool nobody = std::ranges::all_of(standings, is_denied);
  if (!arguments.all) std::erase_if(standings, is_denied);
  std::string text;
  if (arguments.json) {
    text = json_of(*question, standings);
  } else {
    for (const Standing& standing : standings) text += text_of(standing);
    if (nobody) text += "nobody may\n";
  }
  if (const ExitCode printed = print(text); printed != kSuccess) return printed;
  return nobody ? kFailure : kSuccess;
}

}  // namespace

void add_policy_who_can(CLI::App& policy, Chosen& chosen) {
  CLI::App* const command = policy.add_subcommand("who-can", "Say which agents may do something, and under what");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("action", arguments->action, "Action, such as write:email")->required()->type_name("ACTION");
  command
      ->add_option_function<std::string>(
          "resource", [arguments](const std::string& resource) { arguments->resource = resource; },
          "Resource (default: a request without one)")
      ->type_name("RESOURCE");
  command->add_option("--context", arguments->context, "The whole context, a JSON object (default: not known)")
      ->type_name("JSON");
  command->add_option("--at", arguments->at, "At this RFC 3339 time (default: not known)")->type_name("TIME");
  command->add_flag("--all", arguments->all, "List the agents that may not, too, and why");
  command->add_flag("--json", arguments->json, "Print JSON");
  add_source_options(*command, arguments->source);
  const SettingsFlags flags(*command, {"CACHE_DIR", "TRUST_ROOT", "MAX_BUNDLE_BYTES"});
  command->footer(
      "Example: guardian policy who-can write:refund payments --policies packaging/examples\n"
      "Exit codes: 0 somebody may, 1 nobody may, 2 bad input.");
  command->callback([arguments, flags, &chosen] { chosen = [arguments, flags] { return run(*arguments, flags); }; });
}

}  // namespace guardian::cmd
