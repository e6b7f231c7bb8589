#include "guardian/analysis/lint.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>

#include "support/temp_dir.h"

namespace guardian::analysis {

namespace {

const std::string kAgents = R"(agents:
  - {id: agent_a, trustTier: verified, tags: [support], orgId: org_x}
  - {id: agent_b, trustTier: trusted, tags: [ops]}
)";
const std::string kTiers = R"(trustTiers:
  - {name: verified, rank: 1, ceiling: ["read:*"]}
  - {name: trusted, rank: 2}
)";

std::string policy_named(const std::string& name, const std::string& applies_to, const std::string& rules) {
  return "name: " + name + "\nversion: \"1\"\nappliesTo: " + applies_to + "\nrules:\n" + rules;
}

const std::string kReads = "  - {id: r, effect: allow, actions: [\"read:*\"]}\n";

Report report_of(const test::TempDir& dir, const std::string& path = "") {
  base::SystemFileSystem files;
  auto report = lint(files, {path.empty() ? dir.path() : dir.file(path)}, {});
  if (!report.ok()) FAIL(report.error().message());
  return std::move(report).value();
}

// `code line:column` of all findings.
std::string found(const Report& report) {
  std::string all;
  for (const auto& f : report.findings) {
    if (!all.empty()) all += ", ";
    all += std::string(to_string(f.code)) + " " + std::to_string(f.place.line) + ":" + std::to_string(f.place.column);
  }
  return all;
}

}  // namespace

TEST_CASE("lint: a directory of a bundle is judged by its own tiers") {
  const test::TempDir dir;
  dir.write("tiers.yaml", kTiers);
  dir.write("policies/a.yaml", policy_named("a", "{trustTiers: [verified]}",
                                            "  - {id: r, effect: deny, actions: [\"read:x\", \"write:x\"]}\n"));
  CHECK(found(report_of(dir)) == "beyond-ceiling 5:47");
  CHECK(found(report_of(dir, "policies")) == "beyond-ceiling 5:47");
  CHECK(found(report_of(dir, "policies/a.yaml")) == "beyond-ceiling 5:47");
}

TEST_CASE("lint: a ceiling that one of the tiers lacks stops no rule") {
  const test::TempDir dir;
  dir.write("tiers.yaml", kTiers);
  dir.write("policies/a.yaml",
            policy_named("a", "{trustTiers: [\">=verified\"]}", "  - {id: r, effect: deny, actions: [\"write:x\"]}\n"));
  dir.write("policies/b.yaml",
            policy_named("b", "{trustTiers: [verified]}", "  - {id: r, effect: deny, actions: [\"*:x\"]}\n"));
  CHECK(found(report_of(dir)).empty());
}

TEST_CASE("lint: entries of appliesTo that fit no agent are told") {
  const test::TempDir dir;
  dir.write("agents.yaml", kAgents);
  dir.write("policies/a.yaml", policy_named("a", "{agentIds: [agent_a, agent_c, \"bot_*\"], tags: [support]}", kReads));
  dir.write("policies/b.yaml", policy_named("b", "{tags: [suport]}", kReads));
  dir.write("policies/c.yaml", policy_named("c", "{orgIds: [org_y]}", kReads));
  CHECK(found(report_of(dir)) ==
        "matches-no-agent 3:33, matches-no-agent 3:42, matches-no-agent 3:20, matches-no-agent 3:22");
}

TEST_CASE("lint: lists that fit one by one but never together are told once") {
  const test::TempDir dir;
  dir.write("agents.yaml", kAgents);
  dir.write("policies/a.yaml", policy_named("a", "{agentIds: [agent_a], tags: [ops]}", kReads));
  CHECK(found(report_of(dir)) == "matches-no-agent 3:12");
}

TEST_CASE("lint: agents that may come unknown are not missed") {
  const test::TempDir dir;
  dir.write("agents.yaml", kAgents);
  dir.write("bundle.yaml", "unknownAgents: {trustTier: untrusted}\n");
  dir.write("policies/a.yaml", policy_named("a", "{agentIds: [\"guest_*\"]}", kReads));
  CHECK(found(report_of(dir)).empty());
  dir.write("policies/a.yaml", policy_named("a", "{agentIds: [\"guest_*\"], trustTiers: [trusted]}", kReads));
  CHECK(found(report_of(dir)) == "matches-no-agent 3:24");
}

TEST_CASE("lint: approvals for what is not there are told") {
  const test::TempDir dir;
  dir.write("agents.yaml", kAgents);
  dir.write("policies/a.yaml", policy_named("a", "{tags: [ops]}",
                                            "  - {id: ask, effect: require-approval, actions: [x]}\n"
                                            "  - {id: yes, effect: allow, actions: [y]}\n"));
  const auto approval = [](const std::string& id, const std::string& agent, const std::string& more) {
    return "  - {id: " + id + ", agentId: " + agent + ", action: x, expiresAt: \"2030-01-01T00:00:00Z\"" + more + "}\n";
  };
  dir.write("bundle.yaml",
            "approvals:\n" + approval("a1", "agent_a", "") + approval("a2", "agent_a", ", policy: a, rule: ask") +
                approval("a3", "agent_z", "") + approval("a4", "agent_a", ", policy: b") +
                approval("a5", "agent_a", ", policy: a, rule: no") +
                approval("a6", "agent_a", ", policy: a, rule: yes") + approval("a7", "agent_a", ", rule: ask") +
                approval("a8", "agent_a", ", rule: asq") + "revocations: {agents: [agent_b, agent_y]}\n");
  std::vector<std::size_t> lines;
  for (const auto& finding : report_of(dir).findings) {
    CHECK(finding.code == Code::UnknownReference);
    lines.push_back(finding.place.line);
  }
  CHECK(lines == std::vector<std::size_t>{4, 5, 6, 7, 9, 10});
}

TEST_CASE("lint: two policies of one name are an error in the second file") {
  const test::TempDir dir;
  dir.write("a.yaml", policy_named("p", "{tags: [a]}", kReads));
  dir.write("b.yaml", policy_named("p", "{tags: [a]}", kReads));
  const Report report = report_of(dir);
  REQUIRE(report.findings.size() == 1);
  CHECK(report.findings[0].code == Code::DuplicateName);
  CHECK(report.findings[0].file == dir.file("b.yaml"));
  CHECK(report.count(Severity::Error) == 1);
}

TEST_CASE("lint: policies of different folders may have one name") {
  const test::TempDir dir;
  dir.write("x/a.yaml", policy_named("p", "{tags: [a]}", kReads));
  dir.write("y/a.yaml", policy_named("p", "{tags: [a]}", kReads));
  base::SystemFileSystem files;
  const auto report = lint(files, {dir.file("x"), dir.file("y/a.yaml"), dir.file("x/a.yaml")}, {});
  REQUIRE(report.ok());
  CHECK(report->files == 2);
  CHECK(report->findings.empty());
}

TEST_CASE("lint: files beside a bad one are read all the same") {
  const test::TempDir dir;
  dir.write("a.yaml", "name: [\n");
  dir.write("b.json", "{\"name\": \"b\",}");
  dir.write("c.yml", "name: c\nrules: []\n");
  dir.write("d.yaml", policy_named("d", "{tags: [a]}", "  - {id: r, effect: allow, actions: [\"\"]}\n"));
  dir.write("notes.txt", "not a policy");
  dir.write(".hidden.yaml", "not a policy");
  const Report report = report_of(dir);
  CHECK(report.files == 4);
  std::vector<Code> codes;
  for (const auto& finding : report.findings) codes.push_back(finding.code);
  CHECK(codes == std::vector<Code>{Code::Syntax, Code::Syntax, Code::InvalidPolicy, Code::NeverMatchingPattern});
}

TEST_CASE("lint: what is wrong with the files around the policies is told with its place") {
  const test::TempDir dir;
  dir.write("tiers.yaml", kTiers);
  dir.write("agents.yaml", "agents:\n  - {id: agent_a, trustTier: gold}\n");
  dir.write("policies/a.yaml", policy_named("a", "{trustTiers: [trusted]}", kReads));
  const Report report = report_of(dir);
  REQUIRE(report.findings.size() == 1);
  CHECK(report.findings[0].code == Code::InvalidBundle);
  CHECK(report.findings[0].file == dir.file("agents.yaml"));
  CHECK(report.findings[0].place.line == 2);
  CHECK(report.findings[0].line == "  - {id: agent_a, trustTier: gold}");
}

TEST_CASE("lint: the default of the bundle decides how rules are combined") {
  const test::TempDir dir;
  const std::string rules =
      "  - {id: a, effect: allow, actions: [\"read:*\"]}\n  - {id: d, effect: deny, actions: [\"read:x\"]}\n";
  dir.write("policies/a.yaml", policy_named("a", "{tags: [a]}", rules));
  CHECK(found(report_of(dir)).empty());
  dir.write("bundle.yaml", "defaultCombining: first-applicable\n");
  CHECK(found(report_of(dir)) == "unreachable-rule 6:5");
}

TEST_CASE("lint: what is not there, or holds no policies, is an error of the caller") {
  const test::TempDir dir;
  base::SystemFileSystem files;
  CHECK(lint(files, {dir.file("none.yaml")}, {}).error().code() == base::ErrorCode::NotFound);
  dir.write("empty/readme.txt", "");
  CHECK(lint(files, {dir.file("empty")}, {}).error().code() == base::ErrorCode::InvalidInput);
}

TEST_CASE("lint: a policy of too many rules is said to be not fully compared") {
  const test::TempDir dir;
  std::string rules;
  for (int i = 0; i < 3000; ++i) rules += "  - {effect: allow, actions: ['*x" + std::to_string(i) + "_*y']}\n";
  dir.write("a.yaml", policy_named("a", "{tags: [a]}", rules));
  CHECK(found(report_of(dir)) == "not-analysed 5:5");
}

TEST_CASE("lint: what was meant by a misspelt word is told, not how to keep it") {
  const test::TempDir dir;
  const auto help = [&](const std::string& conditions) {
    dir.write("a.yaml", policy_named("a", "{tags: [a]}",
                                     "  - {id: r, effect: allow, actions: [x], conditions: " + conditions + "}\n"));
    const Report report = report_of(dir);
    REQUIRE(report.findings.size() == 1);
    CHECK(report.findings[0].code == Code::ShorthandName);
    return report.findings[0].help;
  };
  CHECK(help("{ANY: [a, b]}").starts_with("write `any` in lower case"));
  CHECK(help("{All: [a, b]}").starts_with("write `all` in lower case"));
  CHECK(help("{any: [{rateLimit: 5}, {context.a: 1}]}").starts_with("move it up to the rule"));
  CHECK(help("[{rate_limit: 5}]").starts_with("move it up to the rule"));
  CHECK(help("{channel: slack}").starts_with("write `context.channel`"));
}

TEST_CASE("lint: codes are unique and have a severity") {
  std::set<std::string_view> names;
  for (const Code code : all_codes()) names.insert(to_string(code));
  CHECK(names.size() == all_codes().size());
  CHECK(severity_of(Code::DuplicateName) == Severity::Error);
  CHECK(severity_of(Code::MissingVersion) == Severity::Warning);
}

}  // namespace guardian::analysis
