// guardian audit export: events for other programs.
#include <sys/stat.h>

#include "audit_commands.h"
#include "audit_event_text.h"
#include "audit_source.h"
#include "guardian/base/file_system.h"
#include "output.h"

namespace guardian::cmd {

namespace {

constexpr const char* kFormatJsonl = "jsonl";
constexpr const char* kFormatCsv = "csv";
constexpr std::size_t kPieceBytes = std::size_t{256} << 10;

struct Arguments : AuditSource {
  std::string format = kFormatJsonl;
  std::string output;
};

// A terminal, a pipe or a device: written to as it stands.
bool is_no_file(const std::string& path) {
  struct stat found {};
  return ::stat(path.c_str(), &found) == 0 && !S_ISREG(found.st_mode);
}

// Takes the export: standard output, or a file that is there whole or as it was.
class Target {
 public:
  base::Status open(const std::string& path) {
    if (path.empty()) return {};
    path_ = path;
    in_place_ = is_no_file(path);
    GUARDIAN_ASSIGN(file_, files_.create(in_place_ ? path : path + kPartSuffix));
    return {};
  }

  base::Status write(std::string_view text) {
    if (!file_) {
      out_.write(text);
      return {};
    }
    held_ += text;
    return held_.size() < kPieceBytes ? base::Status() : flush();
  }

  // `done` is what happened before.
  base::Status close(base::Status done) {
    if (!file_) {
      out_.flush();
      return done;
    }
    if (done.ok()) done = flush();
    if (in_place_) return done;
    if (done.ok()) done = file_->sync();
    if (done.ok()) done = files_.rename(path_ + kPartSuffix, path_);
    if (!done.ok()) (void)files_.remove_all(path_ + kPartSuffix);
    return done;
  }

  [[nodiscard]] ExitCode code() const noexcept { return out_.code(); }

 private:
  static constexpr const char* kPartSuffix = ".part";

  base::Status flush() {
    const base::Status written = file_->append(held_);
    held_.clear();
    return written;
  }

  base::SystemFileSystem files_;
  std::unique_ptr<base::AppendFile> file_;  // nullptr: standard output
  std::string path_;
  std::string held_;
  bool in_place_ = false;
  PieceWriter out_;
};

ExitCode run(const Arguments& arguments, const SettingsFlags& flags) {
  const auto opened = open_audit(arguments, flags);
  if (!opened) return fail(opened.error());
  const bool csv = arguments.format == kFormatCsv;
  Target target;
  if (const auto open = target.open(arguments.output); !open) return fail(open.error());
  base::Status written = csv ? target.write(csv_header()) : base::Status();
  const auto scanned =
      audit::scan(opened->store, opened->filter, audit::Order::OldestFirst, [&](const audit::EventLine& event) {
        if (written.ok()) written = target.write(csv ? csv_record(event) : std::string(event.text) + "\n");
        return written.ok() && target.code() == kSuccess ? audit::Next::GoOn : audit::Next::Stop;
      });
  if (!scanned) written = scanned.error();
  if (const auto closed = target.close(std::move(written)); !closed) return fail(closed.error());
  warn_of_unreadable(*scanned);
  return target.code();
}

}  // namespace

void add_audit_export(CLI::App& audit, Chosen& chosen) {
  CLI::App* const command = audit.add_subcommand("export", "Write events as JSON lines or CSV");
  const auto arguments = std::make_shared<Arguments>();
  add_audit_path(*command, arguments);
  command->add_option("--format", arguments->format, "jsonl (as stored; the default) or csv")
      ->check(CLI::IsMember({kFormatJsonl, kFormatCsv}))
      ->type_name("FORMAT");
  command->add_option("-o,--output", arguments->output, "File to write (default: standard output)")->type_name("FILE");
  add_audit_filters(*command, arguments);
  const SettingsFlags flags(*command, audit_settings());
  command->footer("Example: guardian audit export --format csv --from 7d -o week.csv");
  command->callback([arguments, flags, &chosen] { chosen = [arguments, flags] { return run(*arguments, flags); }; });
}

}  // namespace guardian::cmd
