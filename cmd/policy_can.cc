// guardian policy can: everything an agent may, rule by rule.
#include <string>

#include "eval_source.h"
#include "guardian/analysis/can.h"
#include "guardian/base/clock.h"
#include "guardian/base/text.h"
#include "guardian/json/writer.h"
#include "output.h"
#include "policy_commands.h"
#include "rate_limit_text.h"
#include "settings_flags.h"

namespace guardian::cmd {

namespace {

using analysis::Ability;
using analysis::AbilityPolicy;
using analysis::AbilityRule;
using analysis::Left;
using analysis::StrongerRule;

struct Arguments {
  EvalSource source;
  std::string agent;
  bool json = false;
};

void write_texts(std::string_view name, const std::vector<std::string_view>& texts, json::Writer& out) {
  out.key(name).begin_list();
  for (const std::string_view text : texts) out.text(text);
  out.end_list();
}

void write_condition(std::string_view condition, json::Writer& out) {
  out.key("condition");
  condition.empty() ? out.null() : out.text(condition);
}

void write_rule(const AbilityRule& rule, json::Writer& out) {
  out.begin_object().member("rule", rule.rule).member("effect", policy::to_string(rule.effect));
  out.key("actions").begin_list();
  for (const analysis::ActionPattern& action : rule.actions) {
    out.begin_object().member("pattern", action.pattern).member("withinCeiling", analysis::to_string(action.left));
    out.end_object();
  }
  out.end_list();
  write_texts("resources", rule.resources, out);
  write_condition(rule.condition, out);
  write_rate_limits("rateLimit", rule.limits, out);
  out.key("stronger").begin_list();
  for (const StrongerRule& stronger : rule.stronger) {
    out.begin_object().member("policy", stronger.policy).member("rule", stronger.rule);
    out.member("effect", policy::to_string(stronger.effect));
    write_condition(stronger.condition, out);
    out.key("always").boolean(stronger.always).end_object();
  }
  out.end_list().end_object();
}

void write_delegation(const policy::Delegation& delegation, json::Writer& out) {
  out.key("delegation").begin_object();
  if (delegation.max_depth) out.key("maxDepth").unsigned_integer(*delegation.max_depth);
  if (!delegation.permission_ceiling.empty()) {
    out.key("permissionCeiling").begin_list();
    for (const policy::Glob& glob : delegation.permission_ceiling) out.text(glob.pattern());
    out.end_list();
  }
  out.end_object();
}

void write_approval(const bundle::Approval& approval, json::Writer& out) {
  const auto text_or_null = [&out](std::string_view name, const std::optional<std::string_view>& text) {
    out.key(name);
    text ? out.text(*text) : out.null();
  };
  out.begin_object().member("id", approval.id).member("action", approval.action.pattern());
  text_or_null("resource",
               approval.resource ? std::optional<std::string_view>(approval.resource->pattern()) : std::nullopt);
  text_or_null("policy", approval.policy);
  text_or_null("rule", approval.rule);
  out.member("expiresAt", base::format_rfc3339(base::to_time_point(approval.expires_at))).end_object();
}

std::string json_of(const Arguments& arguments, const Ability& ability) {
  std::string text;
  json::Writer out(text);
  out.begin_object().member("agentId", arguments.agent).key("known").boolean(ability.agent != nullptr);
  out.member("name", ability.agent == nullptr ? json::Value() : ability.agent->view.name);
  out.member("trustTier", ability.trust_tier);
  write_texts("ceiling", ability.ceiling, out);
  out.key("revoked").boolean(ability.revoked).key("policies").begin_list();
  for (const AbilityPolicy& policy : ability.policies) {
    out.begin_object().member("policy", policy.name).member("combining", policy::to_string(policy.combining));
    out.member("defaultEffect", policy::to_string(policy.default_effect)).key("rules").begin_list();
    for (const AbilityRule& rule : policy.rules) write_rule(rule, out);
    out.end_list();
    write_rate_limits("rateLimits", policy.limits, out);
    if (policy.delegation != nullptr) write_delegation(*policy.delegation, out);
    out.end_object();
  }
  out.end_list();
  write_texts("dryRun", ability.dry_run, out);
  out.key("approvals").begin_list();
  for (const bundle::Approval* const approval : ability.approvals) write_approval(*approval, out);
  out.end_list().member("otherwise", ability.otherwise_allowed ? "allow" : "deny").end_object();
  return text + "\n";
}

std::string joined(const std::vector<std::string_view>& texts) {
  std::string line;
  for (const std::string_view text : texts) line += (line.empty() ? "" : ", ") + std::string(text);
  return line;
}

std::string text_of(const std::vector<analysis::ActionPattern>& actions) {
  std::string text;
  for (const analysis::ActionPattern& action : actions) {
    text += (text.empty() ? "" : ", ") + std::string(action.pattern);
    if (action.left == Left::Part) text += " (within the ceiling)";
    if (action.left == Left::Nothing) text += " (cut off by the ceiling)";
  }
  return text;
}

Colour colour_of(policy::Effect effect) {
  if (effect == policy::Effect::Allow) return Colour::Green;
  return effect == policy::Effect::Deny ? Colour::Red : Colour::Yellow;
}

std::string text_of(const AbilityRule& rule) {
  std::string line = " " + std::string(rule.rule) + ": " + text_of(rule.actions);
  if (!rule.resources.empty()) line += " on " + joined(rule.resources);
  std::string text = "  " + coloured(policy::to_string(rule.effect), colour_of(rule.effect)) + printable_line(line);
  if (!rule.condition.empty()) text += "      if " + printable_line(rule.condition);
  if (rule.limits.any()) text += "      limited to " + rate_limit_text(rule.limits) + "\n";
  // Their conditions stand below their own names.
  for (const StrongerRule& stronger : rule.stronger) {
    line = std::string(stronger.always ? "never, because of " : "but ") +
           std::string(policy::to_string(stronger.effect)) + " by " + std::string(stronger.policy) + " / " +
           std::string(stronger.rule);
    text += "      " + printable_line(line);
  }
  return text;
}

std::string text_of(const policy::Delegation& delegation) {
  std::string line = "delegated:";
  if (delegation.max_depth) line += " at most " + std::to_string(*delegation.max_depth) + " deep";
  std::string only;
  for (const policy::Glob& glob : delegation.permission_ceiling) only += (only.empty() ? "" : ", ") + glob.pattern();
  if (!only.empty()) line += (delegation.max_depth ? ", only " : " only ") + only;
  return line;
}

std::string approval_line(const bundle::Approval& approval) {
  std::string line = std::string(approval.id) + ": " + approval.action.pattern();
  if (approval.resource) line += " on " + approval.resource->pattern();
  if (approval.policy) line += ", policy " + std::string(*approval.policy);
  if (approval.rule) line += ", rule " + std::string(*approval.rule);
  return line + ", until " + base::format_rfc3339(base::to_time_point(approval.expires_at));
}

std::string text_of(const Arguments& arguments, const Ability& ability) {
  std::string text = row("agent", arguments.agent);
  if (ability.agent == nullptr) text += row("", "not in the bundle: treated as unknown agents are");
  if (ability.agent != nullptr && ability.agent->view.name.is_text()) {
    text += row("name", ability.agent->view.name.as_text());
  }
  text += row("trust tier", ability.trust_tier);
  if (ability.revoked) return text + row("revoked", "everything is denied");
  text += row("ceiling", ability.ceiling.empty() ? "none" : joined(ability.ceiling));
  for (const bundle::Approval* const approval : ability.approvals) text += row("approval", approval_line(*approval));
  if (!ability.dry_run.empty()) text += row("dry run", joined(ability.dry_run));
  text += row("otherwise", ability.otherwise_allowed ? "allow" : "deny");
  for (const AbilityPolicy& policy : ability.policies) {
    text += "\n" + printable_line(std::string(policy.name) + " (" + std::string(policy::to_string(policy.combining)) +
                                  ", default " + std::string(policy::to_string(policy.default_effect)) + ")");
    if (policy.limits.any()) text += "  limited to " + rate_limit_text(policy.limits) + "\n";
    if (policy.delegation != nullptr) text += "  " + printable_line(text_of(*policy.delegation));
    for (const AbilityRule& rule : policy.rules) text += text_of(rule);
  }
  return text;
}

ExitCode run(const Arguments& arguments, const SettingsFlags& flags) {
  if (!base::is_utf8(arguments.agent)) return fail(kUsage, "the agent id is not valid UTF-8");
  base::SystemFileSystem files;
  const base::SystemClock clock;
  const auto settings = flags.load(files, config::Needs::Nothing);
  if (!settings) return fail(settings.error());
  const auto engine = open_engine(arguments.source, files, *settings, clock.now());
  if (!engine) return fail(exit_code_of_source(arguments.source, engine.error().code()), engine.error().message());
  const auto ability = analysis::can((*engine)->payload(), arguments.agent, clock.now());
  if (!ability) {
    return fail(kFailure, "agent `" + base::printable(arguments.agent) +
                              "` is not in the bundle, which has no tier for unknown agents: everything is denied");
  }
  return print(arguments.json ? json_of(arguments, *ability) : text_of(arguments, *ability));
}

}  // namespace

void add_policy_can(CLI::App& policy, Chosen& chosen) {
  CLI::App* const command = policy.add_subcommand("can", "Say what an agent may do");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("agent", arguments->agent, "Agent id")->required()->type_name("AGENT");
  command->add_flag("--json", arguments->json, "Print JSON");
  add_source_options(*command, arguments->source);
  const SettingsFlags flags(*command, {"CACHE_DIR", "TRUST_ROOT", "MAX_BUNDLE_BYTES"});
  command->footer(
      "Example: guardian policy can agent_abc123 --policies packaging/examples\n"
      "Exit codes: 0 printed, 1 an agent that the bundle does not know, 2 bad input.");
  command->callback([arguments, flags, &chosen] { chosen = [arguments, flags] { return run(*arguments, flags); }; });
}

}  // namespace guardian::cmd
