// Internal to the room: where the checks of one file put what they find, and what they look at.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/analysis/domain.h"
#include "guardian/analysis/finding.h"
#include "guardian/json/value.h"
#include "guardian/policy/compiled.h"
#include "guardian/policy/program.h"

namespace guardian::analysis {

// More findings of one file are not kept; one says so.
inline constexpr std::size_t kMaxFindingsOfFile = 1000;

// The findings of one file. Borrows its text.
class Notes {
 public:
  explicit Notes(const policy::Source& source) noexcept : source_(source) {}

  // What is added from here on is about this policy and this rule.
  void about_policy(std::string_view name) { policy_ = name; }
  void about_rule(std::string_view id) { rule_ = id; }
  void about_no_rule() { rule_.clear(); }

  void add(Code code, std::uint32_t offset, std::string message, std::string help);
  // For places that come as line and column.
  void add(Code code, json::Location place, std::string message, std::string help);

  [[nodiscard]] const policy::Source& source() const noexcept { return source_; }
  [[nodiscard]] bool empty() const noexcept { return findings_.empty(); }
  // Sorted by place; what was found twice at one place is said once.
  [[nodiscard]] std::vector<Finding> take() &&;

 private:
  policy::Source source_;
  std::string policy_;
  std::string rule_;
  std::vector<Finding> findings_;
  bool cut_ = false;
};

// One valid policy: as written and as compiled.
struct Subject {
  const json::Value& body;  // the policy's map, out of its wrapper
  const policy::CompiledPolicy& compiled;
  std::span<const policy::Tier> tiers;  // those of the agents it applies to
};

// The value of a field in either spelling or by its alias, or nullptr.
[[nodiscard]] const json::Value* field(const json::Value& map, std::string_view name, std::string_view alias = {});
// The policy's map: `spec` of a wrapper, else the document.
[[nodiscard]] const json::Value& body_of(const json::Value& document);
// The entries of a list, or the one value in its place; none where there is no value.
[[nodiscard]] std::span<const json::Value> entries_of(const json::Value* value);
// In backticks, one line, cut short.
[[nodiscard]] std::string quoted(std::string_view text);

}  // namespace guardian::analysis
