// What commands print: results on standard output, everything else on standard error; colour only on a terminal and
// never with NO_COLOR (cli.md).
#pragma once

#include <string>
#include <string_view>

#include "exit_code.h"
#include "guardian/base/error.h"

namespace guardian::cmd {

enum class Colour { Green, Red, Yellow, Dim };

// `text` in colour when standard output is a terminal that wants it.
[[nodiscard]] std::string coloured(std::string_view text, Colour colour);

// Whether a text is for the terminal or for a file, which is never in colour.
enum class Ink { Coloured, Plain };
[[nodiscard]] std::string inked(std::string_view text, Colour colour, Ink ink);

// Writes to standard output; kUsage with a message when it cannot be written (a full disk must not look like success).
[[nodiscard]] ExitCode print(std::string_view text);

// `guardian: <message>` on standard error; returns the code to exit with.
ExitCode fail(const base::Error& error);
ExitCode fail(ExitCode code, std::string_view message);

// `text` as one line that does not drive the terminal, whatever a bundle says.
[[nodiscard]] std::string printable_line(std::string_view text);

// `text` as JSON can hold it, for a path, which may be any bytes: control characters and invalid UTF-8 shown as `?`.
[[nodiscard]] std::string json_text(std::string_view text);

// A label and its value as a line, the labels of a block aligned.
[[nodiscard]] std::string row(std::string_view label, std::string_view value);

}  // namespace guardian::cmd
