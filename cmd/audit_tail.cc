// guardian audit tail: the newest events, and those that follow.
#include <csignal>
#include <vector>

#include "audit_commands.h"
#include "audit_event_text.h"
#include "audit_source.h"
#include "guardian/audit/follow.h"
#include "output.h"
#include "signals.h"

namespace guardian::cmd {

namespace {

constexpr std::size_t kDefaultCount = 10;
constexpr std::size_t kMaxCount = 1'000'000;
constexpr std::chrono::milliseconds kPause{100};

struct Arguments : AuditSource {
  std::size_t count = kDefaultCount;
  bool follow = false;
  bool json = false;
};

bool print_event(const Arguments& arguments, const audit::EventLine& event, PieceWriter& out) {
  return arguments.json ? out.write(event.text) && out.write("\n") : out.write(event_text(event));
}

// Until a signal says to end, or standard output is gone.
ExitCode follow(const Arguments& arguments, const OpenedAudit& opened, audit::Follower& follower,
                const WaitedSignals& signals, PieceWriter& out) {
  do {
    const auto polled = follower.poll([&](const audit::EventLine& event) {
      return !opened.filter.passes(event) || print_event(arguments, event, out) ? audit::Next::GoOn : audit::Next::Stop;
    });
    if (!polled) return fail(polled.error());
    if (!out.flush()) return out.code();
  } while (!signals.wait_for(kPause));
  return kSuccess;
}

ExitCode run(const Arguments& arguments, const SettingsFlags& flags) {
  std::optional<WaitedSignals> signals;
  if (arguments.follow) signals.emplace(std::initializer_list<int>{SIGINT, SIGTERM});
  const auto opened = open_audit(arguments, flags);
  if (!opened) return fail(opened.error());
  // What is written from here on is left to the following.
  auto follower = audit::Follower::at_end(opened->store);
  if (!follower) return fail(follower.error());
  std::vector<std::string> newest;
  if (arguments.count != 0) {
    const auto scanned =
        audit::scan(opened->store, opened->filter, audit::Order::NewestFirst, [&](const audit::EventLine& event) {
          if (!arguments.follow || event.seq <= follower->last_seq()) newest.emplace_back(event.text);
          return newest.size() < arguments.count ? audit::Next::GoOn : audit::Next::Stop;
        });
    if (!scanned) return fail(scanned.error());
    warn_of_unreadable(*scanned);
  }
  PieceWriter out;
  for (auto line = newest.rbegin(); line != newest.rend(); ++line) {
    if (!print_event(arguments, *audit::read_event_line(*line), out)) return out.code();
  }
  if (!out.flush() || !arguments.follow) return out.code();
  return follow(arguments, *opened, *follower, *signals, out);
}

}  // namespace

void add_audit_tail(CLI::App& audit, Chosen& chosen) {
  CLI::App* const command = audit.add_subcommand("tail", "Print the newest events, and those that follow");
  const auto arguments = std::make_shared<Arguments>();
  add_audit_path(*command, arguments);
  command->add_flag("-f,--follow", arguments->follow, "Go on with new events until interrupted");
  command->add_option("-n,--lines", arguments->count, "How many of those that are there (default: 10)")
      ->check(CLI::Range(std::size_t{0}, kMaxCount))
      ->type_name("N");
  add_audit_filters(*command, arguments);
  command->add_flag("--json", arguments->json, "Print the events as stored, a JSON object a line");
  const SettingsFlags flags(*command, audit_settings());
  command->footer("Example: guardian audit tail -f --decision deny");
  command->callback([arguments, flags, &chosen] { chosen = [arguments, flags] { return run(*arguments, flags); }; });
}

}  // namespace guardian::cmd
