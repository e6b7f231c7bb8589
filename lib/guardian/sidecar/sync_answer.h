// What came of a sync, as JSON: the answer of POST /admin/sync and what `guardian sync --json` prints.
#pragma once

#include <string>
#include <string_view>

#include "guardian/sync/status.h"

namespace guardian::sidecar {

// `applied`, `unchanged`, `refused` (what the gateway gave is no bundle for us), `failed` (it gave none).
[[nodiscard]] std::string_view outcome_of(const sync::SyncReport& report) noexcept;

// `{"outcome", "before", "active", "code"?, "error"?, "persistError"?}`, and when a bundle was applied what it changed
// (bundle::write_change_members). Versions are null where there is no bundle.
[[nodiscard]] std::string sync_document(const sync::SyncReport& report, std::string_view persist_problem);

// 200 applied or unchanged, 502 refused, 503 the gateway is away or refused our token.
[[nodiscard]] int http_status_of(const sync::SyncReport& report) noexcept;

}  // namespace guardian::sidecar
