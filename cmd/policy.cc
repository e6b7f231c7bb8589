// guardian policy: what can be said of policies without a request.
#include "policy_commands.h"

namespace guardian::cmd {

void add_policy(CLI::App& program, Chosen& chosen) {
  CLI::App* const command =
      program.add_subcommand("policy", "Check policies, and ask what they say, without a request");
  command->require_subcommand(1);
  for (const auto add : {add_policy_lint, add_policy_who_can, add_policy_can}) add(*command, chosen);
}

}  // namespace guardian::cmd
