// What the commands of `guardian audit` have in common: which store they read and which of its events (cli.md). They
// only read, also beside a running sidecar.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "command.h"
#include "guardian/audit/filter.h"
#include "guardian/audit/scan.h"
#include "guardian/audit/store_path.h"
#include "settings_flags.h"

namespace guardian::cmd {

// As the command line has it.
struct AuditSource {
  std::string path;  // empty: the store of CACHE_DIR
  audit::FilterTexts texts;
};

// The positional PATH; then the filters. `source` must outlive the parsing.
void add_audit_path(CLI::App& command, const std::shared_ptr<AuditSource>& source);
void add_audit_filters(CLI::App& command, const std::shared_ptr<AuditSource>& source);
// The settings that such a command takes.
[[nodiscard]] const std::vector<std::string_view>& audit_settings();

struct OpenedAudit {
  audit::StorePath store;
  audit::Filter filter;
};
// Errors: those of the settings, of find_store and of the filters.
[[nodiscard]] base::Result<OpenedAudit> open_audit(const AuditSource& source, const SettingsFlags& flags);

// Says on standard error that there were lines that are no events, where there were.
void warn_of_unreadable(const audit::Scanned& scanned);

// Standard output in large pieces.
class PieceWriter {
 public:
  // False where standard output cannot be written; code() is told then, and nothing is written any more.
  bool write(std::string_view text);
  bool flush();
  [[nodiscard]] ExitCode code() const noexcept { return code_; }

 private:
  std::string held_;
  ExitCode code_ = kSuccess;
};

}  // namespace guardian::cmd
