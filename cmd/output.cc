#include "output.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "guardian/base/text.h"

namespace guardian::cmd {

namespace {

constexpr std::size_t kLabelWidth = 14;

bool wants_colour() {
  static const bool wanted = [] {
    const char* const no_colour = std::getenv("NO_COLOR");
    return (no_colour == nullptr || *no_colour == '\0') && ::isatty(STDOUT_FILENO) == 1;
  }();
  return wanted;
}

// What a bundle, a path or a server says must not drive the terminal.
std::string safe(std::string_view text) { return base::printable(text, text.size()); }

std::string_view escape_of(Colour colour) {
  switch (colour) {
    case Colour::Green:
      return "\x1B[32m";
    case Colour::Red:
      return "\x1B[31m";
    case Colour::Yellow:
      return "\x1B[33m";
    case Colour::Dim:
      return "\x1B[2m";
  }
  return "";
}

}  // namespace

std::string coloured(std::string_view text, Colour colour) {
  const std::string shown = safe(text);
  return wants_colour() ? std::string(escape_of(colour)).append(shown).append("\x1B[0m") : shown;
}

std::string inked(std::string_view text, Colour colour, Ink ink) {
  return ink == Ink::Plain ? safe(text) : coloured(text, colour);
}

ExitCode print(std::string_view text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  return written ? kSuccess : fail(kUsage, "cannot write to standard output");
}

ExitCode fail(const base::Error& error) { return fail(exit_code_of(error.code()), error.message()); }

ExitCode fail(ExitCode code, std::string_view message) {
  std::fprintf(stderr, "guardian: %s\n", safe(message).c_str());
  return code;
}

std::string printable_line(std::string_view text) { return safe(text) + "\n"; }

std::string json_text(std::string_view text) { return safe(text); }

std::string row(std::string_view label, std::string_view value) {
  std::string line = safe(label);
  const std::size_t padding = kLabelWidth - std::min(line.size(), kLabelWidth - 1);
  return line.append(padding, ' ').append(safe(value)).append("\n");
}

}  // namespace guardian::cmd
