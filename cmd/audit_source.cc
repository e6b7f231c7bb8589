#include "audit_source.h"

#include <cstdio>
#include <utility>

#include "guardian/base/clock.h"
#include "output.h"

namespace guardian::cmd {

namespace {

constexpr std::size_t kPieceBytes = std::size_t{64} << 10;

}  // namespace

void add_audit_path(CLI::App& command, const std::shared_ptr<AuditSource>& source) {
  command.add_option("path", source->path, "Cache, directory of segments, or segment (default: CACHE_DIR)")
      ->type_name("PATH");
}

void add_audit_filters(CLI::App& command, const std::shared_ptr<AuditSource>& source) {
  const auto add = [&](const char* flag, std::optional<std::string> audit::FilterTexts::*text, const char* type,
                       const char* help) {
    command
        .add_option_function<std::string>(
            flag, [source, text](const std::string& given) { source->texts.*text = given; }, help)
        ->type_name(type);
  };
  add("--agent", &audit::FilterTexts::agent, "ID", "Only events of this agent");
  add("--action", &audit::FilterTexts::action, "ACTION", "Only this action; `*` stands for anything");
  add("--decision", &audit::FilterTexts::decision, "WHICH", "Only allow, deny or would-deny");
  add("--policy", &audit::FilterTexts::policy, "NAME", "Only decided by this policy; `*` stands for anything");
  add("--from", &audit::FilterTexts::from, "TIME", "Not before: RFC 3339, or how long ago, such as 1h");
  add("--to", &audit::FilterTexts::to, "TIME", "Not after, in the same forms");
  add("--trace", &audit::FilterTexts::trace, "ID", "Only events of this trace");
}

const std::vector<std::string_view>& audit_settings() {
  static const std::vector<std::string_view> settings = {"CACHE_DIR"};
  return settings;
}

base::Result<OpenedAudit> open_audit(const AuditSource& source, const SettingsFlags& flags) {
  base::SystemFileSystem files;
  const base::SystemClock clock;
  OpenedAudit opened;
  GUARDIAN_ASSIGN(opened.filter, audit::Filter::make(source.texts, clock.now()));
  std::string path = source.path;
  if (path.empty()) {
    GUARDIAN_ASSIGN(const auto settings, flags.load(files, config::Needs::Nothing));
    path = settings.sidecar.cache_directory;
  }
  GUARDIAN_ASSIGN(opened.store, audit::find_store(path));
  return opened;
}

void warn_of_unreadable(const audit::Scanned& scanned) {
  if (scanned.unreadable == 0) return;
  std::fprintf(stderr, "guardian: %llu lines are no events: `guardian audit verify` says where\n",
               static_cast<unsigned long long>(scanned.unreadable));
}

bool PieceWriter::write(std::string_view text) {
  held_ += text;
  return held_.size() < kPieceBytes ? code_ == kSuccess : flush();
}

bool PieceWriter::flush() {
  if (code_ == kSuccess && !held_.empty()) code_ = print(held_);
  held_.clear();
  return code_ == kSuccess;
}

}  // namespace guardian::cmd
