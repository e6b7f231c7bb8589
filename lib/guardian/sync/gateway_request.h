// What a sidecar asks of a gateway (gateway.md): addresses, headers, limits. Pure but for make_sidecar_id.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "guardian/base/result.h"
#include "guardian/net/client.h"
#include "guardian/sync/options.h"

namespace guardian::sync {

// InvalidInput for a gateway or bundle URL that does not parse, or is plain http to a host that is not loopback while
// ALLOW_INSECURE_GATEWAY is off.
[[nodiscard]] base::Status check_gateway(const Options& options);

// `etag` may be empty. A BUNDLE_URL on another origin gets BUNDLE_TOKEN where set, and no token otherwise. `hold` is
// how long the gateway may keep the request open while the ETag still matches; 0: not at all.
[[nodiscard]] net::Call bundle_call(const Options& options, std::string_view sidecar_id, std::string_view etag,
                                    std::chrono::seconds hold);
// The current trust root, or that of a version.
[[nodiscard]] net::Call trust_root_call(const Options& options, std::string_view sidecar_id,
                                        std::optional<std::uint64_t> version);
// The health document goes to the gateway.
[[nodiscard]] net::Call status_call(const Options& options, std::string_view sidecar_id, std::string health);

// Events for the audit endpoint, as a body that is JSON in gzip.
[[nodiscard]] net::Call audit_call(const Options& options, std::string_view sidecar_id, std::string body);

// What a status that is no success means for a bundle or a trust root: as net::error_of_status.
[[nodiscard]] base::Error error_of_status(int status);
// Whether the gateway says that it held the request (RFC 7240, Preference-Applied).
[[nodiscard]] bool was_held(const net::Answer& answer);

// The host name and 8 random hex digits: the default of SIDECAR_ID, made once and kept in the cache.
[[nodiscard]] std::string make_sidecar_id();

}  // namespace guardian::sync
