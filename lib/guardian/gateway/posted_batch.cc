#include "guardian/gateway/posted_batch.h"

#include <algorithm>

#include "guardian/audit/event_line.h"
#include "guardian/base/text.h"

namespace guardian::gateway {

namespace {

using base::Error;
using base::ErrorCode;

// An event may hold a context that is as deep as a request may be.
constexpr std::size_t kMaxDepth = 160;

std::string one_line(std::string_view text) {
  std::string line(base::trim(text));
  std::ranges::replace_if(
      line, [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return line;
}

base::Result<std::string> sidecar_of(const json::Value& body) {
  const json::Value* const sidecar = body.find("sidecar");
  if (sidecar == nullptr || !sidecar->is_text() || sidecar->as_text().empty()) {
    return Error(ErrorCode::InvalidInput, "sidecar: must be a text that is not empty");
  }
  if (sidecar->as_text().size() > kMaxSidecarId) {
    return Error(ErrorCode::InvalidInput, "sidecar: is longer than " + std::to_string(kMaxSidecarId) + " bytes");
  }
  return std::string(sidecar->as_text());
}

void sort_in(PostedBatch& batch, const json::Value& event, std::string line) {
  const json::Value* const id = event.find("id");
  const auto reject = [&batch](std::optional<std::string> named, std::string error) {
    batch.rejected.push_back({std::move(named), std::move(error)});
  };
  if (!event.is_object()) return reject({}, "must be an object");
  if (id == nullptr || !id->is_text() || id->as_text().empty())
    return reject({}, "id: must be a text that is not empty");
  std::string named(id->as_text());
  if (named.size() > kMaxEventId) {
    return reject(base::printable(named, kMaxEventId), "id: is longer than " + std::to_string(kMaxEventId) + " bytes");
  }
  if (line.size() > audit::kMaxLineBytes) {
    return reject(std::move(named), "is longer than " + std::to_string(audit::kMaxLineBytes) + " bytes");
  }
  batch.events.push_back({std::move(named), std::move(line)});
}

}  // namespace

json::ReadLimits event_limits(std::size_t max_bytes) {
  json::ReadLimits limits;
  limits.max_bytes = max_bytes;
  limits.max_depth = kMaxDepth;
  limits.integers = json::Integers::AsDouble;
  return limits;
}

base::Result<PostedBatch> parse_posted(std::string_view body) {
  const json::ReadLimits limits = event_limits(kMaxPostBytes);
  json::LeftList list{.key = "events", .items = {}};
  GUARDIAN_ASSIGN(const json::Document document, json::parse_in_place(body, limits, {&list, 1}));
  PostedBatch batch;
  GUARDIAN_ASSIGN(batch.sidecar, sidecar_of(document.root()));
  const json::Value* const events = document.root().find("events");
  if (events == nullptr || !events->is_list()) return Error(ErrorCode::InvalidInput, "events: must be a list");
  if (list.items.size() > kMaxPostedEvents) {
    return Error(ErrorCode::TooLarge, "events: more than " + std::to_string(kMaxPostedEvents));
  }
  batch.events.reserve(list.items.size());
  json::ItemReader reader(body, list, limits);
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    GUARDIAN_ASSIGN(const json::Value event, reader.read(i));
    const auto& item = list.items[i];
    sort_in(batch, event, one_line(body.substr(item.begin, item.end - item.begin)));
  }
  return batch;
}

}  // namespace guardian::gateway
