// guardian health: asks a running sidecar; for people and container health checks.
#include <string>

#include "command.h"
#include "guardian/json/reader.h"
#include "guardian/net/client.h"
#include "guardian/net/local_url.h"
#include "output.h"
#include "settings_flags.h"

namespace guardian::cmd {

namespace {

std::string shown(const json::Value& value) {
  if (value.is_text()) return std::string(value.as_text());
  return value.is_null() ? "-" : json::write(value);
}

std::string as_text(const json::Value& health) {
  std::string text;
  for (const json::Member& member : health.as_object()) {
    const bool problems = member.key == "problems";
    if (!problems) text += row(member.key, shown(member.value));
    if (!problems || !member.value.is_list()) continue;
    for (const json::Value& problem : member.value.as_list()) text += row("problem", shown(problem));
  }
  return text;
}

ExitCode health(const std::string& url, bool json, const SettingsFlags& flags) {
  base::SystemFileSystem files;
  const auto settings = flags.load(files, config::Needs::Nothing);
  if (!settings) return fail(settings.error());
  net::Call call;
  call.url = url.empty() ? net::local_url(settings->sidecar.server.host, settings->sidecar.server.port) : url;
  while (call.url.ends_with('/')) call.url.pop_back();
  call.url += "/health";
  const auto answer = net::make_client(settings->sidecar.sync.client)->send(call);
  if (!answer) return fail(answer.error());
  const auto document = json::parse(answer->body);
  const bool is_health = document.ok() && document->root().is_object() && document->root().find("status") != nullptr;
  if ((answer->status != 200 && answer->status != 503) || !is_health) {
    return fail(kFailure, call.url + ": answered " + std::to_string(answer->status) + ", which is no health document");
  }
  const ExitCode printed = print(json ? json::write(document->root()) + "\n" : as_text(document->root()));
  if (printed != kSuccess) return printed;
  return answer->status == 200 ? kSuccess : kFailure;
}

}  // namespace

void add_health(CLI::App& program, Chosen& chosen) {
  CLI::App* const command = program.add_subcommand("health", "Ask a running sidecar how it is");
  const auto url = std::make_shared<std::string>();
  const auto json = std::make_shared<bool>(false);
  command->add_option("--url", *url, "The sidecar (default http://HOST:PORT)")->type_name("URL");
  command->add_flag("--json", *json, "Print the health document");
  const SettingsFlags flags(*command, {"HOST", "PORT"});
  command->footer("Exit codes: 0 healthy or degraded, 1 unhealthy, 5 not reached.");
  command->callback(
      [url, json, flags, &chosen] { chosen = [url, json, flags] { return health(*url, *json, flags); }; });
}

}  // namespace guardian::cmd
