// guardian audit: reading the store of events, beside a running sidecar too.
#include "audit_commands.h"

namespace guardian::cmd {

void add_audit(CLI::App& program, Chosen& chosen) {
  CLI::App* const command = program.add_subcommand("audit", "Read, count, export and verify the audit events");
  command->require_subcommand(1);
  for (const auto add :
       {add_audit_tail, add_audit_query, add_audit_stats, add_audit_report, add_audit_export, add_audit_verify}) {
    add(*command, chosen);
  }
}

}  // namespace guardian::cmd
