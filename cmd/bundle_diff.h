// guardian bundle diff, beside the other bundle commands.
#pragma once

#include "command.h"

namespace guardian::cmd {

void add_bundle_diff(CLI::App& bundle, Chosen& chosen);

}  // namespace guardian::cmd
