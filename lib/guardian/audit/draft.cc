#include "guardian/audit/draft.h"

#include <utility>

#include "guardian/base/check.h"
#include "guardian/json/writer.h"

namespace guardian::audit {

namespace {

// In canonical order. The first three are the writer's, which puts them at the cuts.
constexpr std::array<std::string_view, 6> kOwn = {"id", "prev", "seq", "sidecar", "time", "type"};
constexpr std::size_t kUsualBytes = 900;   // what glibc still keeps for the thread that frees it
constexpr std::string_view kEnd = "\x7f";  // behind every name

// The first letter tells nearly always.
bool comes_before(std::string_view a, std::string_view b) noexcept {
  return a.front() != b.front() ? a.front() < b.front() : a < b;
}

}  // namespace

std::string_view Draft::piece(std::size_t index) const noexcept {
  const std::size_t begin = index == 0 ? 0 : cuts_[index - 1];
  const std::size_t end = index == cuts_.size() ? text_.size() : cuts_[index];
  return std::string_view(text_).substr(begin, end - begin);
}

DraftBuilder::DraftBuilder(std::string_view type, std::string_view sidecar, base::TimePoint time)
    : type_(type), sidecar_(sidecar) {
  draft_.time_ = time;
  draft_.text_.reserve(kUsualBytes);
}

void DraftBuilder::put(std::string_view name) {
  draft_.text_ += ",\"";
  draft_.text_ += name;
  draft_.text_ += "\":";
}

void DraftBuilder::advance_to(std::string_view name) {
  for (; own_ < kOwn.size() && comes_before(kOwn[own_], name); ++own_) {
    if (own_ < draft_.cuts_.size()) {
      draft_.cuts_[own_] = draft_.text_.size();
      continue;
    }
    put(kOwn[own_]);
    if (kOwn[own_] == "sidecar") json::append_quoted(draft_.text_, sidecar_);
    if (kOwn[own_] == "time") json::append_quoted(draft_.text_, base::format_rfc3339_millis(draft_.time_));
    if (kOwn[own_] == "type") json::append_quoted(draft_.text_, type_);
  }
}

std::string& DraftBuilder::key(std::string_view name) {
  GUARDIAN_ASSERT(last_.empty() || comes_before(last_, name));
  last_ = name;
  advance_to(name);
  put(name);
  return draft_.text_;
}

DraftBuilder& DraftBuilder::text(std::string_view name, std::string_view value) {
  json::append_quoted(key(name), value);
  return *this;
}

DraftBuilder& DraftBuilder::null(std::string_view name) { return raw(name, "null"); }

DraftBuilder& DraftBuilder::text_or_null(std::string_view name, std::optional<std::string_view> value) {
  return value ? text(name, *value) : null(name);
}

DraftBuilder& DraftBuilder::boolean(std::string_view name, bool value) { return raw(name, value ? "true" : "false"); }

DraftBuilder& DraftBuilder::number(std::string_view name, double value) {
  json::append_number(key(name), value);
  return *this;
}

DraftBuilder& DraftBuilder::raw(std::string_view name, std::string_view canonical) {
  key(name) += canonical;
  return *this;
}

DraftBuilder& DraftBuilder::urgent(bool urgent) {
  draft_.urgent_ = urgent;
  return *this;
}

Draft DraftBuilder::finish() {
  advance_to(kEnd);
  return std::move(draft_);
}

}  // namespace guardian::audit
