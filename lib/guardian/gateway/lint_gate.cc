#include "guardian/gateway/lint_gate.h"

#include <algorithm>

#include "guardian/analysis/lint.h"

namespace guardian::gateway {

namespace {

std::string line_of(const analysis::Finding& finding) {
  std::string line =
      finding.file + ":" + std::to_string(finding.place.line) + ":" + std::to_string(finding.place.column) + ": ";
  if (!finding.policy.empty()) line += "policy `" + finding.policy + "`: ";
  if (!finding.rule.empty()) line += "rule `" + finding.rule + "`: ";
  return line + finding.message + " [" + std::string(to_string(finding.code)) + "]";
}

std::string said(const std::vector<std::string>& lines) {
  std::string text;
  const std::size_t shown = std::min(lines.size(), kMaxFindingsSaid);
  for (std::size_t i = 0; i < shown; ++i) text += (i == 0 ? "" : "; ") + lines[i];
  if (lines.size() > shown) text += "; and " + std::to_string(lines.size() - shown) + " more";
  return text;
}

}  // namespace

base::Result<std::vector<std::string>> lint_warnings(base::FileSystem& files, const std::string& directory,
                                                     base::TimePoint now) {
  GUARDIAN_ASSIGN(const analysis::Report report, analysis::lint(files, {directory}, now));
  std::vector<std::string> errors;
  std::vector<std::string> warnings;
  for (const analysis::Finding& finding : report.findings) {
    const bool is_error = analysis::severity_of(finding.code) == analysis::Severity::Error;
    (is_error ? errors : warnings).push_back(line_of(finding));
  }
  if (errors.empty()) return warnings;
  return base::Error(
      base::ErrorCode::PolicyInvalid,
      std::to_string(errors.size()) + (errors.size() == 1 ? " lint error: " : " lint errors: ") + said(errors));
}

}  // namespace guardian::gateway
