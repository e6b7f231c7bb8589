// The HTTP client as a seam: everything that calls a gateway is given an HttpClient, so that tests can script one.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "guardian/base/result.h"
#include "guardian/net/http.h"

namespace guardian::net {

// `http://host:port/base` taken apart. InvalidInput for other schemes, user info, a fragment, or no host.
struct Url {
  std::string scheme;  // `http` or `https`
  std::string host;    // without the brackets of an IPv6 address
  std::uint16_t port = 0;
  std::string path;  // begins with `/`; includes the query; `/` when empty

  [[nodiscard]] static base::Result<Url> parse(std::string_view text);
  [[nodiscard]] std::string origin() const;  // `http://host:port`
  [[nodiscard]] bool is_loopback() const;    // localhost, 127.0.0.0/8, ::1
};

struct Call {
  std::string method = "GET";
  std::string url;
  Headers headers;
  std::string body;
  std::string content_type;  // empty: none
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds timeout{30'000};           // the whole exchange
  std::chrono::milliseconds head_timeout{30'000};      // until the answer's head is there
  std::chrono::milliseconds progress_timeout{10'000};  // longest silence while a body comes
  std::size_t max_body_bytes = std::size_t{1} << 20;   // of the decoded body
  std::stop_token stop;                                // when asked for, the exchange ends soon, as a Network error
};

struct Answer {
  int status = 0;
  Headers headers;
  std::string body;  // decoded when the server sent gzip
};

// Any thread may send; each send uses a connection of its own.
class HttpClient {
 public:
  HttpClient() = default;
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  virtual ~HttpClient() = default;

  // Any status is an Answer. Errors: Network (cannot connect, cut short, timed out, TLS), TooLarge (body past the
  // limit, cut off while it comes), InvalidInput (the URL). Redirects are followed only within the same origin, at most
  // 5; credentials never leave it. The error's text never holds a header or the URL's query.
  [[nodiscard]] virtual base::Result<Answer> send(const Call& call) = 0;
};

struct ClientOptions {
  std::string ca_file;           // GATEWAY_CA: added to the system's; empty: none
  std::string certificate_file;  // GATEWAY_CERT
  std::string key_file;          // GATEWAY_KEY
};
[[nodiscard]] std::unique_ptr<HttpClient> make_client(const ClientOptions& options);

}  // namespace guardian::net
