// The subcommands of `guardian audit`, a file each; audit.cc is their table.
#pragma once

#include "command.h"

namespace guardian::cmd {

void add_audit_tail(CLI::App& audit, Chosen& chosen);
void add_audit_query(CLI::App& audit, Chosen& chosen);
void add_audit_stats(CLI::App& audit, Chosen& chosen);
void add_audit_report(CLI::App& audit, Chosen& chosen);
void add_audit_export(CLI::App& audit, Chosen& chosen);
void add_audit_verify(CLI::App& audit, Chosen& chosen);

}  // namespace guardian::cmd
