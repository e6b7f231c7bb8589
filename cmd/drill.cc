// guardian drill: fault drills on a scratch sidecar of their own.
#include "guardian/tools/drill.h"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "command.h"
#include "guardian/base/clock.h"
#include "guardian/base/junit.h"
#include "guardian/base/output_file.h"
#include "guardian/base/random.h"
#include "guardian/base/text.h"
#include "guardian/json/writer.h"
#include "output.h"
#include "suggest.h"

namespace guardian::cmd {

namespace {

using tools::Drill;
using tools::DrillResult;

constexpr double kSeeds = 1e9;
constexpr std::string_view kAll = "all";

struct Arguments {
  std::string name;
  std::string junit_file;
  std::optional<std::uint64_t> seed;
  bool json = false;
};

std::vector<const Drill*> chosen_drills(std::string_view name) {
  std::vector<const Drill*> found;
  for (const Drill& drill : tools::drills()) {
    if (name == kAll || name == drill.name) found.push_back(&drill);
  }
  return found;
}

ExitCode fail_unknown(const std::string& name) {
  std::vector<std::string> known = {std::string(kAll)};
  for (const Drill& drill : tools::drills()) known.emplace_back(drill.name);
  const auto meant = nearest(name, known);
  return fail(kUsage, "unknown drill `" + base::printable(name) + "`" +
                          (meant ? ": did you mean `" + *meant + "`?" : ": try `guardian drill --help`"));
}

std::string seconds_text(std::chrono::nanoseconds duration) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f s", std::chrono::duration<double>(duration).count());
  return text;
}

std::string result_text(const DrillResult& result) {
  const bool passed = !result.failure;
  std::string text = coloured((passed ? "\u2713 " : "\u2717 ") + std::string(result.drill->name) +
                                  (passed ? " passed" : " failed") + " in " + seconds_text(result.duration),
                              passed ? Colour::Green : Colour::Red) +
                     "\n";
  for (const std::string& sentence : result.seen) text += "    " + printable_line(sentence);
  if (!passed) text += "    " + coloured("failed: ", Colour::Red) + printable_line(*result.failure);
  return text;
}

// What sidecar and gateway logged is for whoever looks into a failure, not for what reads the results.
void tell_logs(const DrillResult& result) {
  if (result.logs.empty()) return;
  std::string text;
  for (std::size_t begin = 0; begin < result.logs.size();) {
    const std::size_t end = std::min(result.logs.find('\n', begin), result.logs.size());
    text += "    " + printable_line(std::string_view(result.logs).substr(begin, end - begin));
    begin = end + 1;
  }
  std::fputs(text.c_str(), stderr);
}

std::string results_json(const std::vector<DrillResult>& results, std::uint64_t seed) {
  const auto failed = std::ranges::count_if(results, [](const DrillResult& one) { return one.failure.has_value(); });
  std::string text;
  json::Writer out(text);
  out.begin_object().key("passed").integer(static_cast<std::int64_t>(results.size()) - failed);
  out.key("failed").integer(failed).key("seed").unsigned_integer(seed).key("drills").begin_list();
  for (const DrillResult& result : results) {
    out.begin_object().member("name", result.drill->name).key("passed").boolean(!result.failure);
    out.key("durationMs").integer(result.duration / std::chrono::milliseconds(1));
    out.key("seen").begin_list();
    for (const std::string& sentence : result.seen) out.text(json_text(sentence));
    out.end_list();
    if (result.failure) out.member("failure", json_text(*result.failure));
    out.end_object();
  }
  out.end_list().end_object();
  return text + "\n";
}

std::string results_junit(const std::vector<DrillResult>& results, std::uint64_t seed, base::TimePoint started) {
  base::JunitSuite suite;
  suite.name = "guardian drill";
  suite.properties = {{"seed", std::to_string(seed)}};
  for (const DrillResult& result : results) {
    base::JunitCase& one = suite.cases.emplace_back();
    one.name = result.drill->name;
    one.duration = result.duration;
    if (!result.failure) continue;
    std::string seen;
    for (const std::string& sentence : result.seen) seen += "passed: " + sentence + "\n";
    one.failure = base::JunitFailure{*result.failure, seen + "failed: " + *result.failure + "\n" + result.logs};
  }
  return base::junit_xml("guardian drill", {suite}, started);
}

struct Outcome {
  std::vector<DrillResult> results;
  ExitCode code = kSuccess;
  int signal = 0;  // that ended it early
};

Outcome play(const std::vector<const Drill*>& drills, const Arguments& arguments, std::uint64_t seed,
             const base::Clock& clock) {
  base::SystemFileSystem files;
  tools::Interrupt interrupt(clock);
  const tools::World world{files, clock, interrupt, "/proc/self/exe", seed};
  Outcome outcome;
  const bool show_progress = !arguments.json && ::isatty(STDERR_FILENO) != 0;
  for (const Drill* const drill : drills) {
    if (show_progress) std::fprintf(stderr, "%s ...\r", std::string(drill->name).c_str());
    DrillResult result = tools::run_drill(*drill, world);
    outcome.signal = interrupt.signal();
    if (outcome.signal != 0) return outcome;
    if (!arguments.json) {
      if (outcome.code = print(result_text(result)); outcome.code != kSuccess) return outcome;
      tell_logs(result);
    }
    outcome.results.push_back(std::move(result));
  }
  return outcome;
}

ExitCode drill(const Arguments& arguments) {
  const auto drills = chosen_drills(arguments.name);
  if (drills.empty()) return fail_unknown(arguments.name);
  const auto seed = arguments.seed.value_or(static_cast<std::uint64_t>(base::random_fraction() * kSeeds));
  const base::SystemClock clock;
  const base::TimePoint started = clock.now();
  const Outcome outcome = play(drills, arguments, seed, clock);
  if (outcome.signal != 0) {
    // All is taken down; end as the signal would have ended us.
    fail(kFailure, "interrupted");
    std::signal(outcome.signal, SIG_DFL);
    std::raise(outcome.signal);
  }
  if (outcome.code != kSuccess) return outcome.code;
  if (arguments.json) {
    if (const ExitCode printed = print(results_json(outcome.results, seed)); printed != kSuccess) return printed;
  }
  if (!arguments.junit_file.empty()) {
    const auto written = base::write_output(arguments.junit_file, results_junit(outcome.results, seed, started));
    if (!written) return fail(written.error());
  }
  const bool failed = std::ranges::any_of(outcome.results, [](const auto& one) { return one.failure.has_value(); });
  return failed ? kFailure : kSuccess;
}

}  // namespace

void add_drill(CLI::App& program, Chosen& chosen) {
  CLI::App* const command = program.add_subcommand("drill", "Break a scratch sidecar on purpose and see that it holds");
  const auto arguments = std::make_shared<Arguments>();
  std::string names = "all";
  for (const Drill& one : tools::drills()) names += ", " + std::string(one.name);
  command->add_option("name", arguments->name, "The drill: " + names)->type_name("NAME")->required();
  command->add_option("--junit", arguments->junit_file, "Write the results to FILE as JUnit XML")->type_name("FILE");
  command->add_option("--seed", arguments->seed, "Repeat what a run left to chance (default: other each time)")
      ->type_name("NUMBER");
  command->add_flag("--json", arguments->json, "Print JSON");
  command->footer(
      "Exit codes: 0 all passed, 1 a drill failed, 2 usage.\nExample: guardian drill all --junit drill.xml");
  command->callback([arguments, &chosen] { chosen = [arguments] { return drill(*arguments); }; });
}

}  // namespace guardian::cmd
