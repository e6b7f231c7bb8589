#include "guardian/analysis/notes.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "guardian/policy/place.h"
#include "guardian/policy/spelling.h"

namespace guardian::analysis {

namespace {

std::string line_of(std::string_view text, std::size_t number) {
  for (std::size_t start = 0; number > 0; --number) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    if (number == 1) {
      std::string_view line = text.substr(start, end - start);
      if (line.ends_with('\r')) line.remove_suffix(1);
      return std::string(line);
    }
    if (end == text.size()) break;
    start = end + 1;
  }
  return {};
}

auto order_of(const Finding& finding) {
  return std::tie(finding.place.line, finding.place.column, finding.code, finding.message);
}

}  // namespace

void Notes::add(Code code, std::uint32_t offset, std::string message, std::string help) {
  if (cut_) return;
  add(code, json::locate(source_.text, offset), std::move(message), std::move(help));
}

void Notes::add(Code code, json::Location place, std::string message, std::string help) {
  if (findings_.size() == kMaxFindingsOfFile) {
    cut_ = true;
    return;
  }
  findings_.push_back({code, std::string(source_.name), place, line_of(source_.text, place.line), policy_, rule_,
                       std::move(message), std::move(help)});
}

std::vector<Finding> Notes::take() && {
  std::ranges::stable_sort(findings_, [](const Finding& a, const Finding& b) { return order_of(a) < order_of(b); });
  findings_.erase(std::unique(findings_.begin(), findings_.end(),
                              [](const Finding& a, const Finding& b) { return order_of(a) == order_of(b); }),
                  findings_.end());
  if (cut_) {
    findings_.push_back({Code::NotAnalysed,
                         std::string(source_.name),
                         {},
                         line_of(source_.text, 1),
                         {},
                         {},
                         "there is more than can be told of one file",
                         "correct what is told and look again"});
  }
  return std::move(findings_);
}

const json::Value* field(const json::Value& map, std::string_view name, std::string_view alias) {
  if (!map.is_object()) return nullptr;
  for (const auto& member : map.as_object()) {
    if (policy::is_spelling(member.key, name)) return &member.value;
    if (!alias.empty() && policy::is_spelling(member.key, alias)) return &member.value;
  }
  return nullptr;
}

const json::Value& body_of(const json::Value& document) {
  const json::Value* spec = field(document, "spec");
  return spec != nullptr ? *spec : document;
}

std::span<const json::Value> entries_of(const json::Value* value) {
  if (value == nullptr) return {};
  return value->is_list() ? value->as_list() : std::span(value, 1);
}

std::string quoted(std::string_view text) { return policy::quoted(text); }

}  // namespace guardian::analysis
