#include "guardian/net/client.h"

#include <httplib.h>

#include <exception>
#include <utility>

#include "guardian/base/text.h"
#include "guardian/net/field.h"
#include "guardian/net/pipe_signal.h"
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
      return "the answer was cut short or is not HTTP";
    case httplib::Error::Write:
      return "the connection broke while the request was sent";
    case httplib::Error::SSLConnection:
      return "the TLS handshake failed";
    case httplib::Error::SSLLoadingCerts:
      return "the trusted certificates cannot be read";
    case httplib::Error::SSLServerVerification:
      return "the server's certificate is not trusted";
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
  for (const auto& [name, value] : call.headers.entries()) {
    if (is_token(name) && is_field_value(value)) continue;
    return base::Error(base::ErrorCode::InvalidInput, "header `" + base::printable(name) + "` cannot be sent");
  }
  return {};
}

// The system's certificates, and beside them the options'. cpp-httplib's own setting would replace the system's.
base::Status prepare_tls(httplib::SSLClient& client, const ClientOptions& options) {
  SSL_CTX* const context = client.ssl_context();
  if (context == nullptr) return base::Error(base::ErrorCode::Network, "TLS cannot be set up");
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  const auto unusable = [](const std::string& file, std::string_view what) {
    return base::Error(base::ErrorCode::Network, "`" + base::printable(file) + "`: not a usable " + std::string(what));
  };
  if (!options.ca_file.empty() && SSL_CTX_load_verify_locations(context, options.ca_file.c_str(), nullptr) != 1) {
    return unusable(options.ca_file, "CA certificate");
  }
  if (!options.certificate_file.empty() &&
      SSL_CTX_use_certificate_chain_file(context, options.certificate_file.c_str()) != 1) {
    return unusable(options.certificate_file, "client certificate");
  }
  if (!options.key_file.empty() &&
      (SSL_CTX_use_PrivateKey_file(context, options.key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
       SSL_CTX_check_private_key(context) != 1)) {
    return unusable(options.key_file, "key for the client certificate");
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

// One request, one answer, no redirect.
class Exchange {
 public:
  Exchange(const Url& url, const Call& call, Watchdog& watchdog) : url_(url), call_(call), watchdog_(watchdog) {}

  [[nodiscard]] base::Result<Answer> run(const ClientOptions& options) {
    std::unique_ptr<httplib::ClientImpl> client;
    if (url_.scheme == "https") {
      auto tls = std::make_unique<httplib::SSLClient>(url_.host, url_.port);
      auto prepared = prepare_tls(*tls, options);
      if (!prepared.ok()) return std::move(prepared).error().within("`" + url_.origin() + "`");
      client = std::move(tls);
    } else {
      client = std::make_unique<httplib::ClientImpl>(url_.host, url_.port);
    }
    set_up(*client);
    httplib::Request request = to_request(url_, call_);
    request.response_handler = [this](const httplib::Response& head) { return take_head(head); };
    request.content_receiver = [this](const char* data, std::size_t size, std::uint64_t, std::uint64_t) {
      return take_body({data, size});
    };
    const httplib::Result result = client->send(request);
    watchdog_.release();
    // A head that no body can follow never reaches take_head.
    if (result && answer_.status == 0) copy_head(*result);
    return judge(result.error(), static_cast<bool>(result));
  }

 private:
  void set_up(httplib::ClientImpl& client) {
    const auto whole = watchdog_.left();
    client.set_connection_timeout(std::min(call_.connect_timeout, whole));
    // The watchdog ends it earlier; these are for what it cannot reach.
    client.set_read_timeout(whole + std::chrono::seconds(1));
    client.set_write_timeout(whole + std::chrono::seconds(1));
    client.set_keep_alive(false);
    client.set_follow_location(false);
    client.set_url_encode(false);
    client.set_tcp_nodelay(true);
    client.set_socket_options([this](socket_t sock) { watchdog_.watch(sock); });
  }

  void copy_head(const httplib::Response& head) {
    answer_.status = head.status;
    for (const auto& [name, value] : head.headers) answer_.headers.add(name, value);
  }

  bool take_head(const httplib::Response& head) {
    copy_head(head);
    const std::string_view coding = answer_.headers.find("Content-Encoding").value_or("identity");
    if (!base::equal_ignoring_case(coding, "gzip") && !base::equal_ignoring_case(coding, "identity")) {
      refused_ = network_error(url_, "the answer comes in an encoding that was not asked for");
      return false;
    }
    watchdog_.body_progressed(0);
    // No body follows it, whatever Content-Length says (RFC 9110 section 15.4.5); cpp-httplib would wait for one.
    bodiless_ = head.status == 304;
    return !bodiless_;
  }

  bool take_body(std::string_view piece) {
    if (piece.size() > call_.max_body_bytes - answer_.body.size()) {
      refused_ = base::Error(base::ErrorCode::TooLarge, "`" + url_.origin() + "`: the answer is larger than " +
                                                            std::to_string(call_.max_body_bytes) + " bytes");
      return false;
    }
    answer_.body.append(piece);
    watchdog_.body_progressed(answer_.body.size());
    return true;
  }

  base::Result<Answer> judge(httplib::Error error, bool success) {
    if (refused_) return std::move(*refused_);
    if (bodiless_ && error == httplib::Error::Canceled) return std::move(answer_);
    // Before success: to a body without a length, being cut off looks like its end.
    if (const std::string_view complaint = watchdog_.complaint(); !complaint.empty()) {
      return network_error(url_, complaint);
    }
    if (success) return std::move(answer_);
    return network_error(url_, describe(error));
  }

  const Url& url_;
  const Call& call_;
  Watchdog& watchdog_;
  Answer answer_;
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
      Watchdog watchdog(call.timeout, call.head_timeout, call.progress_timeout, call.stop);
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
