#include "guardian/net/tls_setup.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <array>
#include <string_view>

#include "guardian/base/text.h"

namespace guardian::net {

namespace {

using base::Error;
using base::ErrorCode;

Error unusable(const std::string& file, std::string_view what) {
  return {ErrorCode::Network, "`" + base::printable(file) + "`: not a usable " + std::string(what)};
}

// cpp-httplib's own setting for authorities would replace the system's.
base::Status add_files(SSL_CTX* context, const ClientOptions& options) {
  if (!options.ca_file.empty() && ::SSL_CTX_load_verify_locations(context, options.ca_file.c_str(), nullptr) != 1) {
    return unusable(options.ca_file, "CA certificate");
  }
  if (!options.certificate_file.empty() &&
      ::SSL_CTX_use_certificate_chain_file(context, options.certificate_file.c_str()) != 1) {
    return unusable(options.certificate_file, "client certificate");
  }
  if (!options.key_file.empty() &&
      (::SSL_CTX_use_PrivateKey_file(context, options.key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
       ::SSL_CTX_check_private_key(context) != 1)) {
    return unusable(options.key_file, "key for the client certificate");
  }
  return {};
}

bool is_address(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> address = {};
  return ::inet_pton(AF_INET, host.c_str(), address.data()) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), address.data()) == 1;
}

// cpp-httplib would also take a name or an address in the subject, as nobody else does any more.
bool expect_host(SSL_CTX* context, std::string host) {
  X509_VERIFY_PARAM* const expected = ::SSL_CTX_get0_param(context);
  if (is_address(host)) return ::X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str()) == 1;
  if (host.ends_with('.')) host.pop_back();
  ::X509_VERIFY_PARAM_set_hostflags(expected,
                                    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  return !host.empty() && ::X509_VERIFY_PARAM_set1_host(expected, host.c_str(), host.size()) == 1;
}

}  // namespace

base::Status set_up_tls(SSL_CTX* context, const std::string& host, const ClientOptions& options) {
  ::ERR_clear_error();
  if (context == nullptr || ::SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1 ||
      !expect_host(context, host)) {
    return Error(ErrorCode::Network, "TLS cannot be set up");
  }
  ::SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  // By default OpenSSL asks on the terminal.
  ::SSL_CTX_set_default_passwd_cb(context, [](char*, int, int, void*) { return 0; });
  GUARDIAN_TRY(add_files(context, options));
  ::ERR_clear_error();
  return {};
}

}  // namespace guardian::net
