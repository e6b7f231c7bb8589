// The subcommands of `guardian policy`, a file each; policy.cc is their table.
#pragma once

#include "command.h"

namespace guardian::cmd {

void add_policy_lint(CLI::App& policy, Chosen& chosen);
void add_policy_who_can(CLI::App& policy, Chosen& chosen);
void add_policy_can(CLI::App& policy, Chosen& chosen);

}  // namespace guardian::cmd
