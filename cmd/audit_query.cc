// guardian audit query: the events that pass the filters, oldest first.
#include "audit_commands.h"
#include "audit_event_text.h"
#include "audit_source.h"
#include "output.h"

namespace guardian::cmd {

namespace {

struct Arguments : AuditSource {
  bool json = false;
};

ExitCode run(const Arguments& arguments, const SettingsFlags& flags) {
  const auto opened = open_audit(arguments, flags);
  if (!opened) return fail(opened.error());
  PieceWriter out;
  const auto scanned =
      audit::scan(opened->store, opened->filter, audit::Order::OldestFirst, [&](const audit::EventLine& event) {
        const bool written = arguments.json ? out.write(event.text) && out.write("\n") : out.write(event_text(event));
        return written ? audit::Next::GoOn : audit::Next::Stop;
      });
  out.flush();
  if (!scanned) return fail(scanned.error());
  warn_of_unreadable(*scanned);
  return out.code();
}

}  // namespace

void add_audit_query(CLI::App& audit, Chosen& chosen) {
  CLI::App* const command = audit.add_subcommand("query", "Print the events that pass the filters, oldest first");
  const auto arguments = std::make_shared<Arguments>();
  add_audit_path(*command, arguments);
  add_audit_filters(*command, arguments);
  command->add_flag("--json", arguments->json, "Print the events as stored, a JSON object a line");
  const SettingsFlags flags(*command, audit_settings());
  command->footer("Example: guardian audit query --decision deny --agent agent_abc123 --from 1h");
  command->callback([arguments, flags, &chosen] { chosen = [arguments, flags] { return run(*arguments, flags); }; });
}

}  // namespace guardian::cmd
