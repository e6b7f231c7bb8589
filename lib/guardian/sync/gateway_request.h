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

// `etag` may be empty. A BUNDLE_URL on another origin gets BUNDLE_TOKEN where set, and no token otherwise.
[[nodiscard]] net::Call bundle_call(const Options& options, std::string_view sidecar_id, std::string_view etag);
[[nodiscard]] net::Call trust_root_call(const Options& options, std::string_view sidecar_id);

// Retry-After in seconds or as an HTTP date is honoured up to 10 minutes; only the seconds form is read here, since a
// date would trust the gateway's clock.
[[nodiscard]] std::optional<std::chrono::seconds> retry_after_of(const net::Answer& answer);

// The host name and 8 random hex digits: the default of SIDECAR_ID, made once and kept in the cache.
[[nodiscard]] std::string make_sidecar_id();

}  // namespace guardian::sync
