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
  std::string content_type;                          // empty: none
  std::chrono::milliseconds connect_timeout{5'000};  // for each address of the host, and for the TLS handshake
  std::chrono::milliseconds timeout{30'000};         // the whole exchange, redirects and all
  std::chrono::milliseconds head_timeout{30'000};    // until the answer's head is there; a long poll: its wait and 10 s
  std::chrono::milliseconds body_timeout{0};  // if any, a body's own time, from the head on, instead of `timeout`
  std::chrono::milliseconds progress_timeout{10'000};  // in which a body has to come on by 1 KiB, or end
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

  // Any status from 200 on is an Answer. Errors: Network (cannot connect, TLS, timed out, cut short, not HTTP, damaged
  // gzip; the text says which), TooLarge (body past the limit, cut off while it comes), InvalidInput (what cannot be
  // sent). Redirects are followed only within the same origin, at most 5; credentials never leave it. The error's text
  // never holds a header, a body or the URL's query.
  // What cpp-httplib 0.11 is lax or strict about, and stays so: a chunk that is longer than its size says, or that no
  // CRLF follows, is not noticed (a break is, wherever it comes); chunked answers with trailers, and interim answers
  // other than a bare 100, are refused.
  [[nodiscard]] virtual base::Result<Answer> send(const Call& call) = 0;
};

struct ClientOptions {
  std::string ca_file;           // GATEWAY_CA: added to the system's; empty: none
  std::string certificate_file;  // GATEWAY_CERT
  std::string key_file;          // GATEWAY_KEY
};
[[nodiscard]] std::unique_ptr<HttpClient> make_client(const ClientOptions& options);

}  // namespace guardian::net
