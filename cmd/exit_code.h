// Exit codes of the command (cli.md, Exit codes). One contract for every subcommand.
#pragma once

#include "guardian/base/error.h"

namespace guardian::cmd {

enum ExitCode : int { kSuccess = 0, kFailure = 1, kUsage = 2, kAuthentication = 3, kNetwork = 5 };

// 3 and 5 for the gateway's refusal and absence, 1 for what did not verify, 2 for everything that was given wrong.
[[nodiscard]] ExitCode exit_code_of(base::ErrorCode code) noexcept;

}  // namespace guardian::cmd
