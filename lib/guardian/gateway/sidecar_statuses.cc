#include "guardian/gateway/sidecar_statuses.h"

#include <utility>

#include "guardian/base/text.h"
#include "guardian/json/reader.h"

namespace guardian::gateway {

namespace {

constexpr std::size_t kMaxValues = 10'000;

// Text, or nothing where it is missing or null.
base::Result<std::string> text_of(const json::Value& body, std::string_view name) {
  const json::Value* const value = body.find(name);
  if (value == nullptr || value->is_null()) return std::string();
  if (value->is_text()) return base::printable(value->as_text(), kMaxStatusText);
  return base::Error(base::ErrorCode::InvalidInput, std::string(name) + ": must be a text");
}

}  // namespace

base::Result<SidecarStatus> parse_status(std::string_view body) {
  json::ReadLimits limits;
  limits.max_bytes = kMaxStatusBytes;
  limits.max_values = kMaxValues;
  GUARDIAN_ASSIGN(const json::Document document, json::parse(body, limits));
  if (!document.root().is_object()) return base::Error(base::ErrorCode::Malformed, "must be a JSON object");
  SidecarStatus status;
  GUARDIAN_ASSIGN(status.status, text_of(document.root(), "status"));
  GUARDIAN_ASSIGN(status.bundle_version, text_of(document.root(), "bundleVersion"));
  return status;
}

std::optional<SidecarStatus> SidecarStatuses::record(std::string_view sidecar, SidecarStatus status) {
  std::string id = base::printable(sidecar, kMaxStatusText);
  const base::MutexLock lock(mutex_);
  const std::uint64_t report = ++reports_;
  std::optional<SidecarStatus> before;
  if (const auto found = sidecars_.find(id); found != sidecars_.end()) {
    before = std::move(found->second.status);
    by_report_.erase(found->second.heard);
  } else if (sidecars_.size() >= max_sidecars_) {
    sidecars_.erase(by_report_.begin()->second);
    by_report_.erase(by_report_.begin());
  }
  by_report_.emplace(report, id);
  sidecars_.insert_or_assign(std::move(id), Entry{std::move(status), report});
  return before;
}

std::size_t SidecarStatuses::size() const {
  const base::MutexLock lock(mutex_);
  return sidecars_.size();
}

}  // namespace guardian::gateway
