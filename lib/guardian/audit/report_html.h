// A denial report as one page that stands alone: no script, nothing loaded, all that events say escaped. Pure; any
// thread.
#pragma once

#include <string>
#include <string_view>

#include "guardian/audit/report.h"

namespace guardian::audit {

// `trail` names what was read, `made` when.
[[nodiscard]] std::string report_html(const DenialReport& report, std::string_view trail, base::TimePoint made);

// Text as it stands in HTML, in attributes too: control characters and what turns the direction of writing shown as
// `?`, everything else the same letters on the page.
[[nodiscard]] std::string html_text(std::string_view text);

// Groups past these are in `--json`.
inline constexpr std::size_t kMaxGroupsShown = 1'000;

}  // namespace guardian::audit
