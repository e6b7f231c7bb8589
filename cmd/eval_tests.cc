#include "eval_tests.h"

#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <utility>

#include "coverage_report.h"
#include "file_watch.h"
#include "guardian/bundle/cache.h"
#include "output.h"
#include "test_report.h"

namespace guardian::cmd {

namespace {

// The directory that holds the one a file is in: `examples` for `examples/tests/a.yaml`.
std::string holder_of(const std::string& file) {
  const std::filesystem::path directory = std::filesystem::path(file).parent_path();
  std::string holder = ((directory.empty() ? "." : directory) / "..").lexically_normal().string();
  while (holder.size() > 1 && holder.ends_with('/')) holder.pop_back();
  return holder;
}

// What a change of could change the outcome. A directory that is not there yet is seen when it appears, if what it
// stands in is there.
base::Status watch_source(FileWatch& watch, const EvalSource& source, const config::Settings& settings,
                          base::FileSystem& files) {
  for (const std::string* const file : {&source.bundle_file, &source.trust_file, &source.agents_file}) {
    if (!file->empty()) GUARDIAN_TRY(watch.add_file(*file));
  }
  if (!source.policy_directory.empty()) {
    GUARDIAN_TRY(watch.add_file(source.policy_directory + "/policies"));
    for (const char* const name : {"agents.yaml", "tiers.yaml", "bundle.yaml"}) {
      GUARDIAN_TRY(watch.add_file(source.policy_directory + "/" + name));
    }
    const base::Status policies = watch.add_directory(source.policy_directory + "/policies");
    if (!policies && policies.error().code() != base::ErrorCode::NotFound) return policies;
  } else if (source.bundle_file.empty()) {
    return watch.add_file(bundle::Cache(files, settings.sidecar.cache_directory).bundle_path());
  }
  return {};
}

class PolicyTests {
 public:
  PolicyTests(const TestOptions& options, const EvalSource& source, base::FileSystem& files,
              const config::Settings& settings, const base::Clock& clock)
      : options_(options), source_(source), files_(files), settings_(settings), clock_(clock) {}

  // Everything anew: what is read, what it is tested against, and all reports.
  [[nodiscard]] ExitCode run() {
    TestRun run;
    run.started = clock_.now();
    if (const ExitCode read = read_files(run); read != kSuccess) return read;
    std::map<std::string, const TestSource*> sources;
    for (TestedFile& tested : run.files) {
      const EvalSource source = source_of(tested.file.path);
      const TestSource*& known = sources[describe(source, settings_)];
      if (known == nullptr) {
        if (const ExitCode opened = open_source(run, source); opened != kSuccess) return opened;
        known = run.sources.back().get();
      }
      tested.source = known;
      tested.results = decision::run_tests(*known->engine, tested.file, run.started, clock_, known->coverage.get());
    }
    return report(run);
  }

  [[nodiscard]] base::Status add_to(FileWatch& watch) const {
    for (const std::string& file : options_.files) {
      GUARDIAN_TRY(watch.add_file(file));
      GUARDIAN_TRY(watch_source(watch, source_of(file), settings_, files_));
    }
    return {};
  }

 private:
  [[nodiscard]] bool names_source() const { return !source_.policy_directory.empty() || !source_.bundle_file.empty(); }

  [[nodiscard]] EvalSource source_of(const std::string& file) const {
    EvalSource source = source_;
    const std::string holder = holder_of(file);
    if (!names_source() && files_.list(holder + "/policies").ok()) source.policy_directory = holder;
    return source;
  }

  // All files are read before any is run, and each that is bad is named.
  ExitCode read_files(TestRun& run) {
    ExitCode code = kSuccess;
    for (const std::string& path : options_.files) {
      auto file = read_file(path);
      if (file) {
        run.files.push_back({std::move(file).value(), nullptr, {}});
      } else {
        code = fail(kUsage, file.error().message());
      }
    }
    return code;
  }

  [[nodiscard]] base::Result<decision::TestFile> read_file(const std::string& path) {
    GUARDIAN_ASSIGN(const std::string text, files_.read_file(path, decision::kMaxTestFileBytes));
    return decision::parse_test_file(path, text);
  }

  ExitCode open_source(TestRun& run, const EvalSource& source) {
    auto engine = open_engine(source, files_, settings_, run.started);
    if (!engine) return fail(exit_code_of_source(source, engine.error().code()), engine.error().message());
    auto opened = std::make_unique<TestSource>();
    opened->description = describe(source, settings_);
    opened->engine = std::move(engine).value();
    if (options_.coverage) opened->coverage = std::make_unique<decision::Coverage>(*opened->engine);
    run.sources.push_back(std::move(opened));
    return kSuccess;
  }

  ExitCode report(const TestRun& run) {
    if (const ExitCode printed = print(options_.json ? test_report_json(run) : test_report_text(run));
        printed != kSuccess) {
      return printed;
    }
    if (!options_.junit_file.empty()) {
      const auto written =
          base::replace_file(files_, options_.junit_file, test_report_junit(run), base::FileAccess::WorldReadable);
      if (!written) return fail(written.error());
    }
    const ExitCode covered = check_threshold(run);
    return run.count(false) == 0 ? covered : kFailure;
  }

  [[nodiscard]] ExitCode check_threshold(const TestRun& run) const {
    ExitCode code = kSuccess;
    for (const auto& source : run.sources) {
      if (!options_.threshold) break;
      const decision::Share rules = source->coverage->rules();
      if (rules.percent() >= *options_.threshold) continue;
      char wanted[32];
      std::snprintf(wanted, sizeof wanted, "%g", *options_.threshold);
      code = fail(kFailure, "the tests cover " + percent_text(rules) + " % of the rules of " + source->description +
                                ", less than " + wanted + " %");
    }
    return code;
  }

  const TestOptions& options_;
  const EvalSource& source_;
  base::FileSystem& files_;
  const config::Settings& settings_;
  const base::Clock& clock_;
};

// Watching starts before each run, so that a change in the middle of one leads to another.
ExitCode run_and_watch(PolicyTests& tests, bool json) {
  for (;;) {
    auto watch = FileWatch::open();
    if (!watch) return fail(watch.error());
    if (const auto added = tests.add_to(*watch); !added) return fail(added.error());
    const ExitCode code = tests.run();
    if (std::ferror(stdout) != 0) return code;
    if (!json && print("\nwatching for changes; Ctrl-C ends\n") != kSuccess) return kUsage;
    const auto changed = watch->wait();
    if (!changed) return code;
    if (!json && print("\n---- " + coloured(*changed, Colour::Dim) + " changed ----\n\n") != kSuccess) return kUsage;
  }
}

}  // namespace

ExitCode run_policy_tests(const TestOptions& options, const EvalSource& source, base::FileSystem& files,
                          const config::Settings& settings, const base::Clock& clock) {
  PolicyTests tests(options, source, files, settings, clock);
  return options.watch ? run_and_watch(tests, options.json) : tests.run();
}

}  // namespace guardian::cmd
