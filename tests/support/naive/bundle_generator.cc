#include <algorithm>
#include <vector>

#include "guardian/json/writer.h"
#include "support/naive/condition_generator.h"
#include "support/naive/generator.h"
#include "support/naive/vocabulary.h"

namespace guardian::testing {
namespace {

constexpr std::string_view kZones[] = {"UTC",          "America/New_York",    "Europe/Berlin",
                                       "Asia/Kolkata", "Australia/Lord_Howe", "Etc/GMT+5"};
constexpr std::string_view kRuleIds[] = {"r0", "r1", "r2", "r3", "r4", "rule-1", "rule-2"};

class PayloadWriter {
 public:
  PayloadWriter(Random& random, std::string& text) : random_(random), out_(text) {}

  void write() {
    const std::size_t policies = random_.percent(4) ? 0 : random_.between(1, 6);
    out_.begin_object();
    out_.member("schema", "meshguard.bundle/v1").member("version", "2026-04-18T10:00:00Z");
    out_.member("timestamp", "2026-04-18T10:00:00Z");
    if (random_.percent(40)) {
      out_.member("defaultCombining", random_.percent(60) ? "first-applicable" : "deny-overrides");
    }
    if (random_.percent(50)) {
      out_.key("unknownAgents").begin_object().member("trustTier", random_.pick(kTiers)).end_object();
    }
    write_tiers();
    write_agents();
    write_revocations();
    out_.key("policies").begin_list();
    for (std::size_t i = 0; i < policies; ++i) write_policy("p" + std::to_string(i));
    out_.end_list();
    write_approvals(policies);
    out_.end_object();
  }

 private:
  std::string spelled(std::string_view name) { return any_spelling(name, random_); }

  void write_texts(std::span<const std::string_view> pool, std::size_t most) {
    out_.begin_list();
    for (std::size_t n = random_.between(1, most); n > 0; --n) out_.text(random_.pick(pool));
    out_.end_list();
  }

  void write_tiers() {
    out_.key("trustTiers").begin_list();
    std::int64_t rank = 0;
    for (const std::string_view tier : kTiers) {
      out_.begin_object().member("name", tier).key("rank").integer(rank);
      if (random_.percent(12)) {
        out_.key("ceiling");
        write_texts(action_globs(), 3);
      }
      out_.end_object();
      rank += random_.percent(80) ? 1 : 0;
    }
    out_.end_list();
  }

  void write_agents() {
    out_.key("agents").begin_list();
    for (std::size_t i = 0; i < kKnownAgents; ++i) {
      out_.begin_object().member("id", kAgentIds[i]).member("trustTier", random_.pick(kTiers));
      if (random_.percent(60)) out_.member("name", random_.percent(50) ? "ab" : "Agent");
      if (random_.percent(70)) {
        out_.key("tags").begin_list().text(random_.pick(kTags)).text("x:" + std::to_string(i)).end_list();
      }
      if (random_.percent(60)) out_.member("orgId", random_.pick(kOrgs));
      if (random_.percent(60)) out_.key("metadata").value(value_of(ValueKind::Object, random_, memory_));
      out_.end_object();
    }
    out_.end_list();
  }

  void write_revocations() {
    if (!random_.percent(25)) return;
    out_.key("revocations").begin_object().key("agents").begin_list();
    out_.text(random_.pick(kAgentIds)).end_list().end_object();
  }

  void write_applies_to() {
    static constexpr std::string_view kIds[] = {"*", "agent_*", "agent_?", "agent_1", "ghost"};
    static constexpr std::string_view kTierEntries[] = {"verified",  "trusted",     "untrusted",   ">=verified",
                                                        ">=trusted", ">=untrusted", ">=privileged"};
    static constexpr std::string_view kTagEntries[] = {"*", "sup*", "support", "ops", "x:?", "v?p"};
    if (random_.percent(5)) return;
    out_.key(spelled("appliesTo")).begin_object();
    const bool everyone = random_.percent(65);
    if (everyone) out_.key(spelled("agentIds")).begin_list().text("*").end_list();
    const std::size_t only = everyone ? 4 : random_.below(4);
    const auto given = [&](std::size_t which) { return only == which || random_.percent(8); };
    if (!everyone && given(0)) {
      out_.key(spelled("agentIds"));
      write_texts(kIds, 2);
    }
    if (given(1)) {
      out_.key(spelled("trustTiers"));
      write_texts(kTierEntries, 2);
    }
    if (given(2)) {
      out_.key("tags");
      write_texts(kTagEntries, 2);
    }
    if (given(3)) {
      out_.key(spelled("orgIds"));
      write_texts(kOrgs, 2);
    }
    out_.end_object();
  }

  void write_policy(const std::string& name) {
    const bool wrapped = random_.percent(10);
    out_.begin_object();
    if (wrapped) {
      out_.member(spelled("apiVersion"), "meshguard/v1").member("kind", "Policy");
      out_.key("metadata").begin_object().member("name", name).end_object();
      out_.key("spec").begin_object();
    } else {
      out_.member("name", name);
    }
    write_policy_members();
    if (wrapped) out_.end_object();
    out_.end_object();
  }

  void write_policy_members() {
    if (random_.percent(50)) out_.member("version", "1.0");
    if (random_.percent(15)) out_.key("enabled").boolean(random_.percent(50));
    if (random_.percent(30)) out_.member("enforcement", random_.percent(80) ? "dry-run" : "enforce");
    if (random_.percent(40)) {
      out_.member("combining", random_.percent(60) ? "first-applicable" : "deny-overrides");
    }
    if (random_.percent(40)) out_.member("timezone", random_.pick(kZones));
    if (random_.percent(50)) {
      out_.key(spelled("defaultEffect")).text(random_.percent(60) ? "allow" : "deny");
    }
    if (random_.percent(35)) out_.key(spelled("rateLimits")).value(make_limit(random_, memory_));
    if (random_.percent(25)) write_delegation();
    write_applies_to();
    out_.key("rules").begin_list();
    const std::size_t rules = random_.between(1, 5);
    for (std::size_t i = 0; i < rules; ++i) write_rule("r" + std::to_string(i));
    out_.end_list();
  }

  void write_delegation() {
    const std::size_t which = random_.between(1, 3);
    out_.key("delegation").begin_object();
    if ((which & 1) != 0) out_.key(spelled("maxDepth")).unsigned_integer(random_.between(1, 4));
    if ((which & 2) != 0) {
      out_.key(spelled("permissionCeiling"));
      write_texts(action_globs(), 4);
    }
    out_.end_object();
  }

  void write_patterns(std::string_view many, std::string_view one, std::span<const std::string_view> pool) {
    if (random_.percent(30)) {
      out_.member(one, random_.pick(pool));
    } else {
      out_.key(many);
      write_texts(pool, 3);
    }
  }

  void write_rule(const std::string& id) {
    static constexpr std::string_view kEffects[] = {
        "allow", "allow", "allow", "deny", "deny", "allow", "require-approval", "require-approval"};
    static constexpr std::string_view kAlerts[] = {"info", "warning", "critical"};
    out_.begin_object();
    if (random_.percent(70)) out_.member(random_.percent(70) ? "id" : "name", id);
    const std::string_view effect = random_.pick(kEffects);
    out_.member("effect", effect);
    write_patterns("actions", "action", action_globs());
    if (random_.percent(20)) write_patterns("resources", "resource", resource_globs());
    const std::size_t limit = effect == "allow" ? random_.below(100) : 100;
    if (limit < 20) out_.key(spelled("rateLimit")).value(make_limit(random_, memory_));
    if (limit >= 20 && limit < 35) {
      out_.key("conditions");
      ConditionGenerator(random_, out_).write_with_limit();
    } else if (random_.percent(70)) {
      out_.key("conditions");
      ConditionGenerator(random_, out_).write();
    }
    if (random_.percent(40)) out_.member("reason", "Because of " + id);
    if (random_.percent(10)) out_.member("description", "What " + id + " does");
    if (random_.percent(10)) out_.member("alert", random_.pick(kAlerts));
    out_.end_object();
  }

  void write_approvals(std::size_t policies) {
    static constexpr std::string_view kExpiries[] = {"2026-04-18T11:30:00Z", "2030-01-01T00:00:00Z",
                                                     "2026-04-18T12:30:00+02:00", "2040-01-01T00:00:00Z",
                                                     "2020-01-01T00:00:00Z"};
    if (!random_.percent(75)) return;
    out_.key("approvals").begin_list();
    for (std::size_t i = random_.between(2, 6); i > 0; --i) {
      out_.begin_object().member("id", "apr_" + std::to_string(i)).member("agentId", random_.pick(kAgentIds));
      out_.member("action", random_.percent(50) ? "*" : random_.pick(action_globs()));
      out_.member("expiresAt", random_.pick(kExpiries));
      if (random_.percent(20)) out_.member("resource", random_.pick(resource_globs()));
      if (policies > 0 && random_.percent(20)) {
        out_.member("policy", "p" + std::to_string(random_.below(policies)));
      }
      if (random_.percent(20)) out_.member("rule", random_.pick(kRuleIds));
      out_.end_object();
    }
    out_.end_list();
  }

  Random& random_;
  json::Writer out_;
  json::Document memory_;
};

}  // namespace

std::string Generator::payload() {
  std::string text;
  PayloadWriter(random_, text).write();
  return text;
}

}  // namespace guardian::testing
