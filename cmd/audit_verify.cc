// guardian audit verify: whether the store still says what was written.
#include <unistd.h>

#include <cstdio>

#include "audit_commands.h"
#include "audit_source.h"
#include "guardian/audit/verify_chain.h"
#include "guardian/json/writer.h"
#include "output.h"

namespace guardian::cmd {

namespace {

using audit::ChainReport;

struct Arguments : AuditSource {
  bool json = false;
};

constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20;

std::string place_of(const std::string& segment, std::uint64_t line) {
  return line == 0 ? segment : segment + ":" + std::to_string(line);
}

std::string text_of(const ChainReport& report) {
  std::string text;
  if (report.bad) {
    std::string what = "event " + std::to_string(report.bad->seq);
    if (!report.bad->id.empty()) what += " (" + report.bad->id + ")";
    text += coloured("bad", Colour::Red) + "  " +
            printable_line(what + " at " + place_of(report.bad->segment, report.bad->line) + ": " + report.bad->what);
  } else {
    text += coloured("ok", Colour::Green) + "  " +
            (report.ends_are_proved
                 ? "the chain holds\n"
                 : "the chain inside the segment holds; what is before and behind it was not looked at\n");
  }
  text += row("events", std::to_string(report.events) + " in " + std::to_string(report.segments) +
                            (report.segments == 1 ? " segment" : " segments"));
  if (report.events != 0) {
    text += row("seq", std::to_string(report.first_seq) + " to " + std::to_string(report.last_seq));
    text += row("last hash", report.last_hash);
  }
  if (report.dropped != 0) text += row("dropped", std::to_string(report.dropped) + " events, as gap events tell");
  if (report.torn) {
    text += row("torn", place_of(report.torn->segment, report.torn->line) + ": " + std::to_string(report.torn->bytes) +
                            " bytes without a newline, being written or cut by a crash");
  }
  return text;
}

std::string json_of(const ChainReport& report) {
  std::string text;
  json::Writer out(text);
  out.begin_object().key("ok").boolean(!report.bad.has_value()).key("events").unsigned_integer(report.events);
  out.key("segments").unsigned_integer(report.segments).key("firstSeq").unsigned_integer(report.first_seq);
  out.key("lastSeq").unsigned_integer(report.last_seq).member("lastHash", report.last_hash);
  out.key("dropped").unsigned_integer(report.dropped).key("endsProved").boolean(report.ends_are_proved).key("bad");
  if (report.bad) {
    out.begin_object().key("seq").unsigned_integer(report.bad->seq).member("segment", json_text(report.bad->segment));
    out.key("line").unsigned_integer(report.bad->line).member("id", json_text(report.bad->id));
    out.member("what", report.bad->what).end_object();
  } else {
    out.null();
  }
  out.key("torn");
  if (report.torn) {
    out.begin_object()
        .member("segment", json_text(report.torn->segment))
        .key("line")
        .unsigned_integer(report.torn->line);
    out.key("bytes").unsigned_integer(report.torn->bytes).end_object();
  } else {
    out.null();
  }
  out.end_object();
  return text + "\n";
}

ExitCode run(const Arguments& arguments, const SettingsFlags& flags) {
  const auto opened = open_audit(arguments, flags);
  if (!opened) return fail(opened.error());
  audit::Progress progress;
  const bool is_terminal = ::isatty(STDERR_FILENO) == 1;
  if (is_terminal) {
    progress = [](std::uint64_t bytes) {
      std::fprintf(stderr, "verifying ... %llu MiB\r", static_cast<unsigned long long>(bytes / kMebibyte));
    };
  }
  const auto report = audit::verify_chain(opened->store, progress);
  if (is_terminal) std::fprintf(stderr, "\x1B[K");
  // What cannot be read was not verified; what is not there was given wrong.
  if (!report) {
    const bool absent = report.error().code() == base::ErrorCode::NotFound;
    return fail(absent ? kUsage : kFailure, report.error().message());
  }
  const ExitCode printed = print(arguments.json ? json_of(*report) : text_of(*report));
  if (printed != kSuccess) return printed;
  return report->bad ? kFailure : kSuccess;
}

}  // namespace

void add_audit_verify(CLI::App& audit, Chosen& chosen) {
  CLI::App* const command = audit.add_subcommand("verify", "Check that no event was altered, removed or moved");
  const auto arguments = std::make_shared<Arguments>();
  add_audit_path(*command, arguments);
  command->add_flag("--json", arguments->json, "Print JSON");
  const SettingsFlags flags(*command, audit_settings());
  command->footer("Exit codes: 0 the chain holds, 1 it does not, 2 there is nothing to read.");
  command->callback([arguments, flags, &chosen] { chosen = [arguments, flags] { return run(*arguments, flags); }; });
}

}  // namespace guardian::cmd
