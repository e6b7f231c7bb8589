#include "eval_input.h"

#include <fstream>
#include <iostream>

#include "eval_answer.h"
#include "guardian/json/writer.h"
#include "output.h"

namespace guardian::cmd {

namespace {

constexpr std::size_t kMaxLineBytes = std::size_t{1} << 20;
constexpr std::size_t kFlushBytes = std::size_t{1} << 20;

// A line without its end, false at the end of the input. Past what a request may hold the rest is dropped: one byte
// more is enough to have it refused as too large.
bool next_line(std::istream& input, std::string& line) {
  line.clear();
  std::streambuf& buffer = *input.rdbuf();
  constexpr int kEnd = std::char_traits<char>::eof();
  int next = buffer.sbumpc();
  if (next == kEnd) return false;
  for (; next != kEnd && next != '\n'; next = buffer.sbumpc()) {
    if (line.size() <= kMaxLineBytes) line.push_back(static_cast<char>(next));
  }
  return true;
}

// The codes of api.md, for a line as for a request.
std::string_view code_of(base::ErrorCode code) {
  if (code == base::ErrorCode::TooLarge) return "too_large";
  return code == base::ErrorCode::Forbidden ? "forbidden" : "bad_request";
}

std::string error_line(const base::Error& error) {
  std::string text;
  json::Writer out(text);
  out.begin_object().member("error", code_of(error.code()));
  out.member("message", error.message()).end_object();
  return text;
}

}  // namespace

ExitCode evaluate_lines(const decision::Engine& engine, const std::string& path, const base::Clock& clock) {
  std::ifstream file;
  if (path != "-") {
    file.open(path);
    if (!file) return fail(kUsage, "cannot read `" + path + "`");
  }
  std::istream& input = path == "-" ? std::cin : file;
  bool any_bad = false;
  bool any_deny = false;
  std::string answers;
  for (std::string line; next_line(input, line);) {
    const auto evaluated = evaluate(engine, line, clock.now());
    if (evaluated) {
      any_deny = any_deny || !evaluated->decision.allow;
      answers += answer_json(*evaluated, engine) + "\n";
    } else {
      any_bad = true;
      answers += error_line(evaluated.error()) + "\n";
    }
    if (answers.size() < kFlushBytes) continue;
    if (const ExitCode printed = print(answers); printed != kSuccess) return printed;
    answers.clear();
  }
  if (const ExitCode printed = print(answers); printed != kSuccess) return printed;
  if (any_bad) return kUsage;
  return any_deny ? kFailure : kSuccess;
}

}  // namespace guardian::cmd
