#include "guardian/net/client.h"

#include <httplib.h>

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

#include "guardian/base/text.h"
#include "guardian/net/field.h"
#include "guardian/net/guarded_stream.h"
#include "guardian/net/gunzip.h"
#include "guardian/net/pipe_signal.h"
#include "guardian/net/received_head.h"
#include "guardian/net/tls_reason.h"
#include "guardian/net/tls_setup.h"
#include "guardian/net/watchdog.h"

namespace guardian::net {

namespace {

constexpr int kMaxRedirects = 5;

base::Error network_error(const Url& url, std::string_view what) {
  return {base::ErrorCode::Network, "`" + url.origin() + "`: " + std::string(what)};
}

std::string_view describe(httplib::Error error) {
  switch (error) {
    case httplib::Error::Connection:
    case httplib::Error::BindIPAddress:
      return "cannot connect";
    case httplib::Error::ConnectionTimeout:
      return "cannot connect: timed out";
    case httplib::Error::Read:
      return "not an HTTP answer: its first line, a header or a chunk is none";
    case httplib::Error::Write:
      return "the connection broke while the request was sent";
    case httplib::Error::SSLConnection:
    case httplib::Error::SSLServerVerification:
      return "the server's certificate is not accepted";
    case httplib::Error::SSLLoadingCerts:
      return "the trusted certificates cannot be read";
    case httplib::Error::Canceled:
      return "given up";
    case httplib::Error::Success:
    case httplib::Error::Unknown:
    case httplib::Error::ExceedRedirectCount:
    case httplib::Error::UnsupportedMultipartBoundaryChars:
    case httplib::Error::Compression:
      return "the exchange failed";
  }
  return "the exchange failed";
}

base::Status check_call(const Call& call) {
  if (!is_token(call.method)) return base::Error(base::ErrorCode::InvalidInput, "the method is not one");
  if (!is_field_value(call.content_type))
    return base::Error(base::ErrorCode::InvalidInput, "the content type is not one");
  // What frames the request is written by the client alone.
  constexpr std::array<std::string_view, 4> kOurs = {"Host", "Connection", "Content-Length", "Transfer-Encoding"};
  for (const auto& entry : call.headers.entries()) {
    const std::string& name = entry.first;
    const bool ours =
        std::ranges::any_of(kOurs, [&name](std::string_view own) { return base::equal_ignoring_case(own, name); });
    if (is_token(name) && is_field_value(entry.second) && !ours) continue;
    return base::Error(base::ErrorCode::InvalidInput, "header `" + base::printable(name) + "` cannot be sent");
  }
  return {};
}

httplib::Request to_request(const Url& url, const Call& call) {
  httplib::Request request;
  request.method = call.method;
  request.path = url.path;
  request.body = call.body;
  for (const auto& [name, value] : call.headers.entries()) request.headers.emplace(name, value);
  if (!call.content_type.empty()) request.set_header("Content-Type", call.content_type);
  request.set_header("Accept-Encoding", "gzip");
  if (!request.has_header("User-Agent")) request.set_header("User-Agent", "guardian");
  return request;
}

// cpp-httplib's client, plain or TLS, that reads and writes through a stream of ours.
template <typename Client>
class Guarded final : public Client {
 public:
  Guarded(const Url& url, StreamGuard& guard) : Client(url.host, url.port), guard_(guard) {}

 private:
  bool process_socket(const typename Client::Socket& socket, std::function<bool(httplib::Stream&)> exchange) override {
    GuardedStream stream(socket.sock, socket.ssl, guard_);
    return exchange(stream);
  }

  StreamGuard& guard_;
};

// One request, one answer, no redirect.
class Exchange {
 public:
  Exchange(const Url& url, const Call& call, Watchdog& watchdog) : url_(url), call_(call), watchdog_(watchdog) {}

  [[nodiscard]] base::Result<Answer> run(const ClientOptions& options) {
    if (url_.scheme == "http") {
      Guarded<httplib::ClientImpl> client(url_, guard_);
      return run(client, [](httplib::Error error) { return std::string(describe(error)); });
    }
    Guarded<httplib::SSLClient> client(url_, guard_);
    auto prepared = set_up_tls(client.ssl_context(), url_.host, options);
    if (!prepared.ok()) return std::move(prepared).error().within("`" + url_.origin() + "`");
    return run(client, [&client](httplib::Error error) {
      if (error == httplib::Error::SSLConnection) return tls_failure_reason();
      const long verified = client.get_openssl_verify_result();
      const bool verification = error == httplib::Error::SSLServerVerification && verified != X509_V_OK;
      return verification ? verification_reason(verified) : std::string(describe(error));
    });
  }

 private:
  template <typename Describe>
  base::Result<Answer> run(httplib::ClientImpl& client, const Describe& describe_error) {
    set_up(client);
    httplib::Request request = to_request(url_, call_);
    request.response_handler = [this](const httplib::Response& head) { return take_head(head); };
    request.content_receiver = [this](const char* data, std::size_t size, std::uint64_t, std::uint64_t) {
      return take_body({data, size});
    };
    const httplib::Result result = client.send(request);
    watchdog_.release();
    // A head that no body can follow never reaches take_head.
    if (result && !guard_.head_complete) keep(copy_head(*result));
    if (refused_) return std::move(*refused_);
    if (bodiless_) return std::move(answer_);
    // Before success: to a body without a length, being cut off looks like its end.
    if (const std::string_view complaint = watchdog_.complaint(); !complaint.empty()) {
      return network_error(url_, complaint);
    }
    if (!guard_.complaint.empty()) return network_error(url_, guard_.complaint);
    if (!result) return network_error(url_, describe_error(result.error()));
    if (gunzip_ && wire_bytes_ > 0 && !gunzip_->complete()) return network_error(url_, "the gzip data is cut short");
    return std::move(answer_);
  }

  void set_up(httplib::ClientImpl& client) {
    const auto longest = watchdog_.left();
    client.set_connection_timeout(std::min(call_.connect_timeout, longest));
    // The watchdog ends it earlier; these are for what it cannot reach.
    client.set_read_timeout(longest + std::chrono::seconds(1));
    client.set_write_timeout(longest + std::chrono::seconds(1));
    client.set_keep_alive(false);
    client.set_follow_location(false);
    client.set_url_encode(false);
    client.set_tcp_nodelay(true);
    // The library's decoder stops at the first member and does not miss the checksum.
    client.set_decompress(false);
    client.set_socket_options([this](socket_t sock) { watchdog_.watch(sock); });
  }

  // False when it is an error, which is then what comes of the exchange.
  bool keep(base::Status status) {
    if (!status.ok()) refused_ = std::move(status).error().within("`" + url_.origin() + "`");
    return !refused_;
  }

  base::Status copy_head(const httplib::Response& head) {
    answer_.status = head.status;
    for (const auto& [name, value] : head.headers) answer_.headers.add(name, value);
    return check_fields(answer_.headers);
  }

  bool take_head(const httplib::Response& head) {
    guard_.head_complete = true;
    watchdog_.body_progressed(0);
    if (!keep(copy_head(head))) return false;
    // No body follows it, whatever Content-Length says (RFC 9110 section 15.4.5); cpp-httplib would wait for one.
    bodiless_ = head.status == 304;
    return !bodiless_ && keep(expect_body(head.version));
  }

  base::Status expect_body(std::string_view version) {
    GUARDIAN_ASSIGN(const BodyForm form, judge_head(answer_.status, version, answer_.headers));
    guard_.until_end = form.until_end;
    if (form.gzip) gunzip_.emplace();
    if (!form.gzip && form.length > call_.max_body_bytes) return too_large();
    return {};
  }

  [[nodiscard]] base::Error too_large() const {
    return {base::ErrorCode::TooLarge, "the answer is larger than " + std::to_string(call_.max_body_bytes) + " bytes"};
  }

  bool take_body(std::string_view piece) {
    wire_bytes_ += piece.size();
    if (!keep(decode(piece))) return false;
    guard_.body_came(answer_.body.size());
    watchdog_.body_progressed(wire_bytes_);
    return true;
  }

  base::Status decode(std::string_view piece) {
    if (!gunzip_) {
      if (piece.size() > call_.max_body_bytes - answer_.body.size()) return too_large();
      answer_.body.append(piece);
      return {};
    }
    base::Status decoded = gunzip_->feed(piece, answer_.body, call_.max_body_bytes);
    if (decoded.ok()) return {};
    if (decoded.error().code() == base::ErrorCode::TooLarge) return too_large();
    return base::Error(base::ErrorCode::Network, decoded.error().message());
  }

  const Url& url_;
  const Call& call_;
  Watchdog& watchdog_;
  StreamGuard guard_;
  Answer answer_;
  std::optional<Gunzip> gunzip_;
  std::size_t wire_bytes_ = 0;  // of the body
  bool bodiless_ = false;
  std::optional<base::Error> refused_;
};

bool is_redirect(const Answer& answer, std::string_view method) {
  switch (answer.status) {
    case 301:
    case 302:
    case 303:
      // Anything but these would have to become a GET, which is not what was asked for.
      return method == "GET" || method == "HEAD";
    case 307:
    case 308:
      return true;
    default:
      return false;
  }
}

// Where a Location leads from `url`; nullopt when it cannot be understood.
std::optional<Url> resolve(const Url& url, std::string_view location) {
  location = location.substr(0, location.find('#'));
  std::string text;
  if (location.starts_with("//")) {
    text = url.scheme + ":" + std::string(location);
  } else if (location.substr(0, location.find_first_of("/?")).find(':') != std::string_view::npos) {
    text = location;
  } else if (location.starts_with('/')) {
    text = url.origin() + std::string(location);
  } else {
    const std::string_view path = std::string_view(url.path).substr(0, url.path.find('?'));
    const bool query_only = location.starts_with('?');
    text = url.origin() + std::string(query_only ? path : path.substr(0, path.rfind('/') + 1)) + std::string(location);
  }
  base::Result<Url> target = Url::parse(text);
  if (!target.ok()) return std::nullopt;
  return std::move(target).value();
}

class HttplibClient final : public HttpClient {
 public:
  explicit HttplibClient(ClientOptions options) : options_(std::move(options)) {}

  base::Result<Answer> send(const Call& call) override {
    GUARDIAN_ASSIGN(Url url, Url::parse(call.url));
    GUARDIAN_TRY(check_call(call));
    try {
      const PipeSignalHeld held;
      Watchdog watchdog(call);
      for (int redirects = 0; redirects <= kMaxRedirects; ++redirects) {
        GUARDIAN_ASSIGN(Answer answer, Exchange(url, call, watchdog).run(options_));
        const auto location = answer.headers.find("Location");
        if (!location || !is_redirect(answer, call.method)) return answer;
        std::optional<Url> target = resolve(url, *location);
        if (!target || target->origin() != url.origin()) return answer;
        url = std::move(*target);
      }
      return network_error(url, "more than " + std::to_string(kMaxRedirects) + " redirects");
    } catch (const std::exception&) {
      return network_error(url, "the exchange could not be run: out of memory or threads");
    }
  }

 private:
  ClientOptions options_;
};

}  // namespace

std::unique_ptr<HttpClient> make_client(const ClientOptions& options) {
  return std::make_unique<HttplibClient>(options);
}

}  // namespace guardian::net
