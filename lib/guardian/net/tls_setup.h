// Prepares the TLS of one connection of the HTTP client: whom it trusts, whom it expects, what it shows.
#pragma once

#include <openssl/ssl.h>

#include <string>

#include "guardian/base/result.h"
#include "guardian/net/client.h"

namespace guardian::net {

// The system's authorities stay, the options' is added; the certificate has to name `host` (a name or an address) among
// its alternative names, which OpenSSL itself then checks; TLS 1.2 at least. Network when a file cannot be used; a key
// with a passphrase cannot: nobody is there to be asked for it. No text holds anything of a key.
[[nodiscard]] base::Status set_up_tls(SSL_CTX* context, const std::string& host, const ClientOptions& options);

}  // namespace guardian::net
