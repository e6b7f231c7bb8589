// Why TLS failed, in words that tell an operator what to change.
#pragma once

#include <string>

namespace guardian::net {

// From the result of a verification (X509_V_ERR_*) that is not X509_V_OK.
[[nodiscard]] std::string verification_reason(long result);
// From this thread's queue of errors, after an operation failed for good.
[[nodiscard]] std::string tls_failure_reason();

}  // namespace guardian::net
