#include "guardian/net/tls_reason.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <string_view>

#include "guardian/base/text.h"

namespace guardian::net {

std::string verification_reason(long result) {
  constexpr std::string_view kSubject = "the server's certificate ";
  const auto because = [&](std::string_view what) { return std::string(kSubject) + std::string(what); };
  switch (result) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
      return because("is for another host name");
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return because("is for another host: it does not name this address");
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return because("or an authority's above it has expired");
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return because("or an authority's above it is not valid yet, by this host's clock");
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return because("is self-signed, by no authority that is trusted");
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return because("is signed by an unknown authority");
    case X509_V_ERR_INVALID_PURPOSE:
      return because("is not one for servers");
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_CA_MD_TOO_WEAK:
      return because("or an authority's above it uses a key or a digest that is too weak");
    default:
      return because("is not trusted: ") + base::to_lower(::X509_verify_cert_error_string(result));
  }
}

std::string tls_failure_reason() {
  // The first one: what comes after it is of taking the connection down.
  const unsigned long error = ::ERR_peek_error();
  const int reason = ERR_GET_LIB(error) == ERR_LIB_SSL ? ERR_GET_REASON(error) : 0;
  // Nothing was said: the library waits no longer than for a connection, and then only takes it down.
  if (error == 0 || reason == SSL_R_SHUTDOWN_WHILE_IN_INIT) return "the TLS handshake was cut short or timed out";
  switch (reason) {
    case SSL_R_UNEXPECTED_EOF_WHILE_READING:
      return "the connection was cut short";
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
      return "the server does not speak TLS";
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
      return "the server speaks no TLS of version 1.2 or newer";
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
      return "the server asks for a client certificate";
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
    case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
      return "the server does not accept the client certificate";
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
      return "the server says that the client certificate has expired";
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
      return "the server refuses the TLS handshake: it may want a client certificate or other ciphers";
    default:
      break;
  }
  const char* const text = ::ERR_reason_error_string(error);
  return text == nullptr ? "TLS failed" : "TLS failed: " + base::to_lower(text);
}

}  // namespace guardian::net
