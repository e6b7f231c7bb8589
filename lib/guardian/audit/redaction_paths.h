// AUDIT_REDACT: paths of what may not be read, such as `context.password`, `context.**.ssn`, where `*` is any one
// segment and `**` any number of them (audit.md, Redaction). Names match whatever their case and `-_`. An item of a
// list counts as a segment or as none, whichever matches. Immutable; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/base/result.h"

namespace guardian::audit {

// Lower case, without `-` and `_`.
[[nodiscard]] std::string plain_name(std::string_view name);

class RedactionPaths {
 public:
  // How far each path is matched at some place: one bit for each of its segments that is behind.
  using State = std::vector<std::uint64_t>;

  RedactionPaths() = default;
  // Paths with commas between them. InvalidInput for one that is empty, has an empty segment or too many, or does not
  // begin with `context`, `token`, `*` or `**`.
  [[nodiscard]] static base::Result<RedactionPaths> parse(std::string_view text);

  [[nodiscard]] bool empty() const noexcept { return paths_.empty(); }
  [[nodiscard]] State start() const;
  [[nodiscard]] State step(const State& state, std::string_view name) const;
  // At an item of a list.
  [[nodiscard]] State item(const State& state) const;
  [[nodiscard]] bool matches(const State& state) const noexcept;

 private:
  using Segments = std::vector<std::string>;
  template <typename Passes>
  [[nodiscard]] State advance(const State& state, Passes passes) const;

  std::vector<Segments> paths_;
};

}  // namespace guardian::audit
