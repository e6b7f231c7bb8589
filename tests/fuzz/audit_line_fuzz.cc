// A stored line that is read as an event says what a JSON reader finds in it, and its members cover it without a gap.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "guardian/audit/event_line.h"
#include "guardian/audit/filter.h"
#include "guardian/audit/line_cursor.h"
#include "guardian/base/check.h"
#include "guardian/json/reader.h"

namespace audit = guardian::audit;
namespace json = guardian::json;

namespace {

void check_text(const json::Value& event, const char* name, std::string_view raw) {
  const auto text = audit::text_of_member(raw);
  if (!text) return;
  const json::Value* const member = event.find(name);
  GUARDIAN_ASSERT(member != nullptr && member->is_text() && member->as_text() == *text);
}

std::size_t bytes_of_members(std::string_view line) {
  audit::LineMembers members(line);
  std::string_view name;
  std::string_view raw;
  std::size_t bytes = 1;
  while (members.next(name, raw)) bytes += name.size() + 1 + raw.size() + 1;
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const auto event = audit::read_event_line(line);
  if (!event) return 0;
  GUARDIAN_ASSERT(bytes_of_members(line) == line.size());
  static_cast<void>(audit::LineHasher().holds(*event));
  const auto filter = audit::Filter::make({.agent = "a", .action = "a*", .policy = "*", .from = "1h"}, {});
  GUARDIAN_ASSERT(!filter->passes(*event) || filter->may_pass(line));
  const auto parsed = json::parse(line);
  if (!parsed) return 0;
  GUARDIAN_ASSERT(parsed->root().is_object());
  check_text(parsed->root(), "action", event->action);
  check_text(parsed->root(), "agentId", event->agent_id);
  check_text(parsed->root(), "policy", event->policy);
  check_text(parsed->root(), "type", "\"" + std::string(event->type) + "\"");
  check_text(parsed->root(), "time", "\"" + std::string(event->time) + "\"");
  GUARDIAN_ASSERT(parsed->root().find("seq")->as_unsigned() == event->seq);
  return 0;
}
