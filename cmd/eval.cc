// guardian eval: decisions offline, one from flags, many from a file, or policy tests.
#include <string>
#include <vector>

#include "command.h"
#include "eval_answer.h"
#include "eval_input.h"
#include "eval_source.h"
#include "eval_tests.h"
#include "guardian/base/clock.h"
#include "guardian/json/reader.h"
#include "output.h"
#include "settings_flags.h"

namespace guardian::cmd {

namespace {

struct Arguments {
  EvalSource source;
  std::string action;
  std::string resource;
  bool has_resource = false;
  std::string context;
  std::string token;
  std::string at;
  std::string input;
  TestOptions tests;
  bool explain = false;
  bool json = false;
};

// The flags as the request body they stand for, so that both are read by the same strict code.
base::Result<std::string> request_of(const Arguments& arguments) {
  std::string body;
  json::Writer out(body);
  out.begin_object().member("agentId", arguments.source.agent).member("action", arguments.action);
  if (arguments.has_resource) out.member("resource", arguments.resource);
  if (!arguments.context.empty()) {
    const auto context = json::parse(arguments.context);
    if (!context) return base::Error(context.error()).within("--context");
    if (!context->root().is_object())
      return base::Error(base::ErrorCode::InvalidInput, "--context: must be a JSON object");
    out.member("context", context->root());
  }
  if (!arguments.at.empty()) out.member("at", arguments.at);
  if (arguments.explain) out.key("explain").boolean(true);
  out.end_object();
  return body;
}

ExitCode evaluate_one(const Arguments& arguments, const decision::Engine& engine, base::TimePoint now) {
  const auto body = request_of(arguments);
  if (!body) return fail(body.error());
  const auto evaluated = evaluate(engine, *body, now);
  if (!evaluated) return fail(evaluated.error());
  const ExitCode printed =
      print(arguments.json ? answer_json(*evaluated, engine) + "\n" : answer_text(*evaluated, engine));
  if (printed != kSuccess) return printed;
  return evaluated->decision.allow ? kSuccess : kFailure;
}

// What is wrong with the flags taken together, or empty.
std::string_view misuse_of(const Arguments& arguments) {
  const bool many = !arguments.input.empty();
  const bool tests = !arguments.tests.files.empty();
  const bool describes_request = !arguments.action.empty() || arguments.has_resource || !arguments.context.empty() ||
                                 !arguments.at.empty() || arguments.explain;
  const bool describes_agent =
      !arguments.source.agent.empty() || !arguments.source.tier.empty() || !arguments.source.tags.empty();
  const bool report =
      arguments.tests.junit_file || arguments.tests.coverage || arguments.tests.threshold || arguments.tests.watch;
  if (!arguments.token.empty()) return "--token is not supported yet";
  if (many && tests) return "--input or --tests, not both";
  if (many && describes_request) return "--input or the flags of one request, not both";
  if (tests && (describes_request || describes_agent)) return "--tests or the flags of one request, not both";
  const auto& threshold = arguments.tests.threshold;
  // Not what CLI::Range asks: NaN is on neither side of a bound.
  if (threshold && !(*threshold >= 0.0 && *threshold <= 100.0)) return "--coverage-threshold: must be 0 to 100";
  if (arguments.tests.junit_file && arguments.tests.junit_file->empty()) return "--junit: must name a file";
  if (report && !tests) return "--junit, --coverage, --coverage-threshold and --watch go with --tests";
  if (!many && !tests && (arguments.source.agent.empty() || arguments.action.empty())) {
    return "--agent and --action are required, or --input, or --tests";
  }
  return "";
}

ExitCode run(const Arguments& arguments, const SettingsFlags& flags) {
  if (const std::string_view misuse = misuse_of(arguments); !misuse.empty()) return fail(kUsage, misuse);
  base::SystemFileSystem files;
  const base::SystemClock clock;
  const auto settings = flags.load(files, config::Needs::Nothing);
  if (!settings) return fail(settings.error());
  if (!arguments.tests.files.empty()) {
    TestOptions options = arguments.tests;
    options.json = arguments.json;
    options.coverage = options.coverage || options.threshold.has_value();
    return run_policy_tests(options, arguments.source, files, *settings, clock);
  }
  const auto engine = open_engine(arguments.source, files, *settings, clock.now());
  if (!engine) return fail(exit_code_of_source(arguments.source, engine.error().code()), engine.error().message());
  return arguments.input.empty() ? evaluate_one(arguments, **engine, clock.now())
                                 : evaluate_lines(**engine, arguments.input, clock);
}

void add_request_options(CLI::App& command, Arguments& arguments) {
  command.add_option("--agent", arguments.source.agent, "Agent id")->type_name("ID");
  command.add_option("--action", arguments.action, "Action, such as write:email")->type_name("ACTION");
  command
      .add_option_function<std::string>(
          "--resource",
          [&arguments](const std::string& resource) {
            arguments.resource = resource;
            arguments.has_resource = true;
          },
          "Resource")
      ->type_name("RESOURCE");
  command.add_option("--context", arguments.context, "Context, a JSON object")->type_name("JSON");
  command.add_option("--token", arguments.token, "Agent token (not supported yet)")->type_name("JWT");
  command.add_option("--at", arguments.at, "Decide as of this RFC 3339 time (default now)")->type_name("TIME");
  command.add_flag("--explain", arguments.explain, "Say which rules matched and why others did not");
}

void add_agent_options(CLI::App& command, EvalSource& source) {
  command.add_option("--tier", source.tier, "With --policies: trust tier of --agent")->type_name("TIER");
  command.add_option("--tag", source.tags, "With --tier: tag of --agent; may be repeated")
      ->type_name("TAG")
      ->allow_extra_args(false);
}

void add_test_options(CLI::App& command, TestOptions& tests) {
  command.add_option("--tests", tests.files, "Files of policy tests")->type_name("FILE");
  command.add_option("--junit", tests.junit_file, "With --tests: also a JUnit XML report")->type_name("FILE");
  command.add_flag("--coverage", tests.coverage,
                   "With --tests: rules and outcomes of conditions that no test exercised");
  command
      .add_option("--coverage-threshold", tests.threshold,
                  "With --tests: fail when they cover less than this percentage of the rules")
      ->type_name("PERCENT");
  command.add_flag("--watch", tests.watch, "With --tests: run again whenever tests or policies change");
}

}  // namespace

void add_eval(CLI::App& program, Chosen& chosen) {
  CLI::App* const command =
      program.add_subcommand("eval", "Decide offline, as enforce mode does; never exits 0 for a deny");
  const auto arguments = std::make_shared<Arguments>();
  add_request_options(*command, *arguments);
  add_source_options(*command, arguments->source);
  add_agent_options(*command, arguments->source);
  command->add_option("--input", arguments->input, "JSON lines of requests, `-` for standard input")->type_name("FILE");
  add_test_options(*command, arguments->tests);
  command->add_flag("--json", arguments->json, "Print JSON");
  const SettingsFlags flags(*command, {"CACHE_DIR", "TRUST_ROOT", "MAX_BUNDLE_BYTES"});
  command->footer(
      "Example: guardian eval --policies packaging/examples --agent agent_abc123 --action read:customer\n"
      "         guardian eval --tests packaging/examples/tests/*.yaml --coverage\n"
      "Exit codes: 0 allow or all tests passed, 1 deny or a test failed, 2 bad input.");
  command->callback([arguments, flags, &chosen] { chosen = [arguments, flags] { return run(*arguments, flags); }; });
}

}  // namespace guardian::cmd
