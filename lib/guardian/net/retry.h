// Asking again after a failure (gateway.md, Errors): which statuses are worth it, what the server asked for, and how
// long to wait. For all that calls a gateway. Pure.
#pragma once

#include <chrono>
#include <optional>

#include "guardian/base/result.h"
#include "guardian/net/client.h"

namespace guardian::net {

inline constexpr std::chrono::milliseconds kFirstBackoff{500};

// Whether trying again soon may help: 408, 425, 429 and 5xx.
[[nodiscard]] bool is_transient(int status) noexcept;
// What a status that is no success means: Unauthorized for 401 and 403, Network for the rest.
[[nodiscard]] base::Error error_of_status(int status);
// Retry-After in seconds or as an HTTP date, at most 10 minutes. A date is read against the answer's own Date, so that
// nobody's clock matters; without one it counts for nothing.
[[nodiscard]] std::optional<std::chrono::seconds> retry_after_of(const Answer& answer);

// How long to wait after the last of `failures` (at least 1) in a row: what the server asked for, though never less
// than the first backoff, or exponential backoff with full jitter, from 0.5 s doubling to at most `longest`.
// `fraction` is uniform in [0, 1).
[[nodiscard]] std::chrono::milliseconds retry_wait(std::optional<std::chrono::seconds> asked_for, unsigned failures,
                                                   std::chrono::milliseconds longest, double fraction) noexcept;

}  // namespace guardian::net
