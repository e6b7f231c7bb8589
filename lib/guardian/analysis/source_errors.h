// Internal to the room: what is wrong with a file that is no valid policy, more than the first thing where it can be
// told apart.
#pragma once

#include <string>
#include <string_view>

#include "guardian/analysis/notes.h"
#include "guardian/base/error.h"
#include "guardian/json/document.h"
#include "guardian/policy/program.h"

namespace guardian::analysis {

inline constexpr std::size_t kMaxErrorsOfFile = 50;

// An error whose text begins with `<file>:<line>:<column>: ` or `line <line> column <column>: `, taken apart. Without a
// place it stands at the beginning.
struct PlacedError {
  json::Location place;
  std::string message;
};
[[nodiscard]] PlacedError take_place(const base::Error& error, std::string_view file);

// Adds each error of a policy that does not compile: after one in a rule or a field, the rest is tried without it.
// `error` is the first.
void note_policy_errors(const json::Document& document, const policy::CompileOptions& options, base::Error error,
                        Notes& notes);

}  // namespace guardian::analysis
