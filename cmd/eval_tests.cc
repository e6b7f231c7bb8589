#include "eval_tests.h"

#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <system_error>
#include <utility>

#include "coverage_report.h"
#include "file_watch.h"
#include "guardian/base/output_file.h"
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

// What a change of could change the outcome.
base::Status watch_source(FileWatch& watch, const EvalSource& source, const config::Settings& settings,
                          base::FileSystem& files) {
  for (const std::string* const file : {&source.bundle_file, &source.trust_file, &source.agents_file}) {
    if (!file->empty()) GUARDIAN_TRY(watch.add_file(*file));
  }
  if (!source.policy_directory.empty()) {
    for (const char* const name : {"agents.yaml", "tiers.yaml", "bundle.yaml"}) {
      GUARDIAN_TRY(watch.add_file(source.policy_directory + "/" + name));
    }
    return watch.add_directory(source.policy_directory + "/policies");
  }
  if (!source.bundle_file.empty()) return {};
  return watch.add_file(bundle::Cache(files, settings.sidecar.cache_directory).bundle_path());
}

// A file and what it is tested against.
struct Planned {
  std::string file;
  EvalSource source;
};

class PolicyTests {
 public:
  PolicyTests(const TestOptions& options, const EvalSource& source, base::FileSystem& files,
              const config::Settings& settings, const base::Clock& clock)
      : options_(options), files_(files), settings_(settings), clock_(clock) {
    for (const std::string& file : options.files) planned_.push_back({file, source_of(file, source)});
  }

  // Before anything is run: a report must not take the place of what it is about.
  [[nodiscard]] base::Status check_report() const {
    if (!options_.junit_file) return {};
    for (const Planned& one : planned_) {
      for (const std::string* const input :
           {&one.file, &one.source.bundle_file, &one.source.trust_file, &one.source.agents_file}) {
        std::error_code not_there;
        if (!std::filesystem::equivalent(*input, *options_.junit_file, not_there)) continue;
        return base::Error(base::ErrorCode::InvalidInput, "--junit: `" + *options_.junit_file + "` is an input");
      }
    }
    return {};
  }

  // Everything anew: what is read, what it is tested against, and all reports.
  [[nodiscard]] ExitCode run() {
    TestRun run;
    run.started = clock_.now();
    if (const ExitCode read = read_files(run); read != kSuccess) return read;
    std::map<std::string, const TestSource*> sources;
    for (std::size_t i = 0; i < run.files.size(); ++i) {
      TestedFile& tested = run.files[i];
      const EvalSource& source = planned_[i].source;
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
    for (const Planned& one : planned_) {
      GUARDIAN_TRY(watch.add_file(one.file));
      GUARDIAN_TRY(watch_source(watch, one.source, settings_, files_));
    }
    return {};
  }

 private:
  [[nodiscard]] EvalSource source_of(const std::string& file, const EvalSource& named) const {
    EvalSource source = named;
    if (!source.policy_directory.empty() || !source.bundle_file.empty()) return source;
    const std::string holder = holder_of(file);
    if (files_.list(holder + "/policies").ok()) source.policy_directory = holder;
    return source;
  }

  // All files are read before any is run, and each that is bad is named.
  ExitCode read_files(TestRun& run) {
    ExitCode code = kSuccess;
    for (const Planned& one : planned_) {
      auto file = read_file(one.file);
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
    if (options_.junit_file) {
      const auto written = base::write_output(*options_.junit_file, test_report_junit(run));
      if (!written) return fail(kUsage, written.error().message());
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
  base::FileSystem& files_;
  const config::Settings& settings_;
  const base::Clock& clock_;
  std::vector<Planned> planned_;  // chosen once: what moves away meanwhile is missed, not replaced by another source
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
  if (const auto checked = tests.check_report(); !checked) return fail(checked.error());
  return options.watch ? run_and_watch(tests, options.json) : tests.run();
}

}  // namespace guardian::cmd
