#include "guardian/audit/entries.h"

#include <algorithm>

#include "guardian/audit/scan.h"
#include "guardian/json/reader.h"

namespace guardian::audit {

namespace {

constexpr std::size_t kMaxDepth = 160;

// What the store wrote is JSON; of what was altered since, only what still is may go into an answer.
bool is_json(const EventLine& event, LineHasher& hasher) {
  if (hasher.holds(event)) return true;
  json::ReadLimits limits;
  limits.max_depth = kMaxDepth;
  return json::parse(event.text, limits).ok();
}

}  // namespace

base::Result<std::vector<std::string>> newest_lines(const StorePath& store, const Filter& filter, std::size_t limit) {
  std::vector<std::string> lines;
  if (limit == 0) return lines;
  GUARDIAN_TRY(scan(store, filter, Order::NewestFirst, [&](const EventLine& event) {
    lines.emplace_back(event.text);
    return lines.size() < limit ? Next::GoOn : Next::Stop;
  }));
  std::ranges::reverse(lines);
  return lines;
}

base::Result<std::string> entries_json(const std::string& directory, const Filter& filter, std::size_t limit) {
  std::string text = "{\"entries\":[";
  std::size_t entries = 0;
  LineHasher hasher;
  if (limit != 0) {
    GUARDIAN_TRY(scan(StorePath{directory, {}}, filter, Order::NewestFirst, [&](const EventLine& event) {
      if (!is_json(event, hasher)) return Next::GoOn;
      if (entries++ != 0) text += ',';
      text.append(event.text.substr(0, event.text.size() - 1));
      text.append(",\"timestamp\":\"").append(event.time).append("\"}");
      return entries < limit ? Next::GoOn : Next::Stop;
    }));
  }
  return text += "]}";
}

}  // namespace guardian::audit
