#include "guardian/audit/stats.h"

#include <doctest/doctest.h>

#include "guardian/json/reader.h"
#include "support/audit_lines.h"
#include "support/temp_dir.h"

namespace guardian::audit {

TEST_CASE("stats: decisions are counted by agent, action, policy and rule") {
  const test::TempDir dir;
  test::AuditLines lines(dir.path());
  lines.add(R"("type":"sidecar.started","time":"2026-04-18T10:00:00.000Z")");
  lines.add({.agent_id = "a", .action = "read"});
  lines.add({.agent_id = "a", .action = "write", .decision = "deny", .rule = "no"});
  lines.add({.agent_id = "b", .action = "read", .would_deny = true, .policy = "", .rule = ""});
  lines.add(R"("type":"audit.gap","time":"2026-04-18T10:40:00.000Z","gap":{"cause":"unwritable","count":5,"from":null,)"
            R"("to":null,"lastHash":null})");
  const auto text = stats_json(dir.path(), {});
  REQUIRE(text.ok());
  CHECK(*text == R"({"events":5,"from":"2026-04-18T10:00:00.000Z","to":"2026-04-18T10:40:00.000Z",)"
                 R"("types":{"audit.gap":1,"decision":3,"sidecar.started":1},"alerts":{},"dropped":5,"unreadable":0,)"
                 R"("decisions":{"total":3,"allow":2,"deny":1,"wouldDeny":1},)"
                 R"("agents":[{"agent":"a","total":2,"allow":1,"deny":1,"wouldDeny":0},)"
                 R"({"agent":"b","total":1,"allow":1,"deny":0,"wouldDeny":1}],)"
                 R"("actions":[{"action":"read","total":2,"allow":2,"deny":0,"wouldDeny":1},)"
                 R"({"action":"write","total":1,"allow":0,"deny":1,"wouldDeny":0}],)"
                 R"("policies":[{"policy":"docs","total":2,"allow":1,"deny":1,"wouldDeny":0},)"
                 R"({"policy":null,"total":1,"allow":1,"deny":0,"wouldDeny":1}],)"
                 R"("rules":[{"policy":"docs","rule":"allow-read","total":1,"allow":1,"deny":0,"wouldDeny":0},)"
                 R"({"policy":"docs","rule":"no","total":1,"allow":0,"deny":1,"wouldDeny":0},)"
                 R"({"policy":null,"rule":null,"total":1,"allow":1,"deny":0,"wouldDeny":1}]})");
}

TEST_CASE("stats: only what passes the filter is counted") {
  const test::TempDir dir;
  test::AuditLines lines(dir.path());
  lines.add({.agent_id = "a"});
  lines.add({.agent_id = "b"});
  const auto stats = count_events({dir.path(), {}}, *Filter::make({.agent = "b"}, {}));
  REQUIRE(stats.ok());
  CHECK(stats->decisions.total() == 1);
}

TEST_CASE("stats: a store of ever new keys takes bounded memory, and loses no decision") {
  CountsByKey counts;
  constexpr std::size_t kKeys = CountsByKey::kMaxKeys + 500;
  for (std::size_t i = 0; i < kKeys; ++i) counts.add(std::to_string(i), {.allow = 1});
  counts.add("7", {.deny = 2});
  const CountsByKey::Table table = counts.table(10);
  REQUIRE(table.rows.size() == 10);
  CHECK(table.rows.front().key == "7");
  std::uint64_t total = table.other.total();
  for (const auto& row : table.rows) total += row.counts.total();
  CHECK(total == kKeys + 2);
  CHECK(counts.table(kKeys).rows.size() == CountsByKey::kMaxKeys);
  CHECK(counts.table(kKeys).other.total() == 500);
}

TEST_CASE("stats: what has no row of its own is one that says so") {
  Stats stats;
  for (std::size_t i = 0; i < Stats::kRows + 3; ++i) {
    const std::string line =
        test::make_line(test::decision_members({.agent_id = "agent-" + std::to_string(i)}), i + 1, kNoHash);
    stats.add(*read_event_line(line));
  }
  CHECK(stats_json(stats).find(R"({"agent":null,"other":true,"total":3,"allow":3,"deny":0,"wouldDeny":0}])") !=
        std::string::npos);
}

}  // namespace guardian::audit
