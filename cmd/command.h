// How subcommands are put together: each file adds its own to the program and says what to run when it was chosen.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "exit_code.h"

namespace guardian::cmd {

// Set by the subcommand that the command line names; main runs it after parsing has succeeded.
using Chosen = std::function<ExitCode()>;

void add_serve(CLI::App& program, Chosen& chosen);
void add_sync(CLI::App& program, Chosen& chosen);
void add_verify_bundle(CLI::App& program, Chosen& chosen);
void add_eval(CLI::App& program, Chosen& chosen);
void add_cache(CLI::App& program, Chosen& chosen);
void add_health(CLI::App& program, Chosen& chosen);
void add_bundle(CLI::App& program, Chosen& chosen);
void add_keys(CLI::App& program, Chosen& chosen);
void add_gateway(CLI::App& program, Chosen& chosen);
void add_policy(CLI::App& program, Chosen& chosen);
void add_drill(CLI::App& program, Chosen& chosen);
void add_audit(CLI::App& program, Chosen& chosen);
void add_replay(CLI::App& program, Chosen& chosen);

}  // namespace guardian::cmd
