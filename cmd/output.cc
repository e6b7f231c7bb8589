#include "output.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

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
  if (!wants_colour()) return std::string(text);
  return std::string(escape_of(colour)).append(text).append("\x1B[0m");
}

ExitCode print(std::string_view text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  return written ? kSuccess : fail(kUsage, "cannot write to standard output");
}

ExitCode fail(const base::Error& error) { return fail(exit_code_of(error.code()), error.message()); }

ExitCode fail(ExitCode code, std::string_view message) {
  std::fprintf(stderr, "guardian: %.*s\n", static_cast<int>(message.size()), message.data());
  return code;
}

std::string row(std::string_view label, std::string_view value) {
  const std::size_t padding = kLabelWidth - std::min(label.size(), kLabelWidth - 1);
  return std::string(label).append(padding, ' ').append(value).append("\n");
}

}  // namespace guardian::cmd
