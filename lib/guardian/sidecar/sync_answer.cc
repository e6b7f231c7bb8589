#include "guardian/sidecar/sync_answer.h"

#include "guardian/base/check.h"
#include "guardian/bundle/diff.h"
#include "guardian/json/writer.h"

namespace guardian::sidecar {

namespace {

void write_version(json::Writer& out, std::string_view name, const decision::Snapshot* snapshot) {
  out.key(name);
  if (snapshot == nullptr) {
    out.null();
  } else {
    out.text(snapshot->bundle().payload().version.text());
  }
}

// What is enforced keeps neither agents nor policies as they were written: they are read again to be compared.
base::Result<bundle::Payload> as_written(const decision::Snapshot& snapshot) {
  return bundle::parse_payload(snapshot.bundle().payload().text());
}

void write_changes(json::Writer& out, const decision::Snapshot* before, const decision::Snapshot& active) {
  const auto now = as_written(active);
  if (!now) return;
  if (before == nullptr) return bundle::write_change_members(out, bundle::diff(nullptr, *now));
  if (const auto then = as_written(*before)) bundle::write_change_members(out, bundle::diff(&*then, *now));
}

}  // namespace

std::string_view outcome_of(const sync::SyncReport& report) noexcept {
  switch (report.outcome) {
    case sync::Outcome::Applied:
      return "applied";
    case sync::Outcome::Unchanged:
      return "unchanged";
    case sync::Outcome::Failed:
    case sync::Outcome::Cancelled:
      return report.refused() ? "refused" : "failed";
  }
  GUARDIAN_ASSERT(false);
}

std::string sync_document(const sync::SyncReport& report, std::string_view persist_problem) {
  std::string text;
  json::Writer out(text);
  out.begin_object().member("outcome", outcome_of(report));
  write_version(out, "before", report.before.get());
  write_version(out, "active", report.active.get());
  if (report.error) {
    out.member("code", to_string(report.error->code())).member("error", report.error->message());
  }
  if (!persist_problem.empty()) out.member("persistError", persist_problem);
  if (report.outcome == sync::Outcome::Applied) {
    write_changes(out, report.before.get(), *report.active);
  }
  out.end_object();
  return text;
}

int http_status_of(const sync::SyncReport& report) noexcept {
  if (!report.error && report.outcome != sync::Outcome::Cancelled) return 200;
  return report.refused() ? 502 : 503;
}

}  // namespace guardian::sidecar
