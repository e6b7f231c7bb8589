#include "guardian/net/client.h"

#include <doctest/doctest.h>

#include <chrono>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "guardian/base/clock.h"
#include "guardian/net/server.h"
#include "gzip_bomb.h"
#include "raw_server.h"

namespace net = guardian::net;
using guardian::base::ErrorCode;
using guardian::base::Result;
using net::Afterwards;
using net::Answer;
using net::Call;
using net::GzipBomb;
using net::RawServer;
using net::Script;

namespace {

using namespace std::string_literals;

// `hello ` ten times: 60 bytes in 29.
const std::string kGzipped =
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\x48\xcd\xc9\xc9\x57\xc8\x20\x8b\x04\x00\xe4\x4d\xd0\x59\x3c\x00\x00\x00"s;

std::string ok(const std::string& body, const std::string& fields = "") {
  return "HTTP/1.1 200 OK\r\n" + fields + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string redirect(int status, const std::string& location) {
  return "HTTP/1.1 " + std::to_string(status) + " Moved\r\nLocation: " + location + "\r\nContent-Length: 0\r\n\r\n";
}

Result<Answer> get(RawServer& server, const std::string& path = "/", Call call = {}) {
  call.url = server.url(path);
  return net::make_client({})->send(call);
}

ErrorCode code_of(const Result<Answer>& result) {
  REQUIRE_FALSE(result.ok());
  return result.error().code();
}

}  // namespace

TEST_CASE("client: an answer comes with status, headers and body") {
  RawServer server({{"HTTP/1.1 404 Not Found\r\nX-A: b\r\nContent-Length: 2\r\n\r\nno"}});
  const auto answer = get(server, "/a%20b?c=d+e");
  REQUIRE(answer.ok());
  CHECK(answer->status == 404);
  CHECK(answer->headers.find("x-a") == "b");
  CHECK(answer->body == "no");
  CHECK(server.requests()[0].starts_with("GET /a%20b?c=d+e HTTP/1.1\r\n"));
}

TEST_CASE("client: headers, body and content type are sent, and the connection is not kept") {
  RawServer server({{ok("")}});
  Call call;
  call.method = "POST";
  call.body = "{}";
  call.content_type = "application/json";
  call.headers.add("X-Token", "t");
  call.headers.add("User-Agent", "guardian/1");
  REQUIRE(get(server, "/", call).ok());
  const std::string request = server.requests()[0];
  for (const char* part :
       {"POST / HTTP/1.1\r\n", "X-Token: t\r\n", "Content-Type: application/json\r\n", "Content-Length: 2\r\n",
        "Connection: close\r\n", "User-Agent: guardian/1\r\n", "Accept-Encoding: gzip\r\n", "Host: 127.0.0.1:"}) {
    CAPTURE(part);
    CHECK(request.find(part) != std::string::npos);
  }
}

TEST_CASE("client: chunked answers and those that end with the connection are read whole") {
  RawServer server({{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n"},
                    {"HTTP/1.1 200 OK\r\n\r\nto the end"}});
  CHECK(get(server)->body == "abcd");
  CHECK(get(server)->body == "to the end");
}

TEST_CASE("client: 304 and 204 have no body, whatever they say") {
  RawServer server({{"HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\nContent-Length: 100\r\n\r\n", Afterwards::Hold},
                    {"HTTP/1.1 304 Not Modified\r\n\r\n", Afterwards::Hold},
                    {"HTTP/1.1 204 No Content\r\n\r\n", Afterwards::Hold}});
  const auto answer = get(server);
  REQUIRE(answer.ok());
  CHECK(answer->status == 304);
  CHECK(answer->headers.find("ETag") == "\"x\"");
  CHECK(get(server)->status == 304);
  CHECK(get(server)->status == 204);
}

TEST_CASE("client: gzip is decoded, and the limit is on what comes out") {
  RawServer server({{ok(kGzipped, "Content-Encoding: gzip\r\n")}, {ok(kGzipped, "Content-Encoding: gzip\r\n")}});
  const auto answer = get(server);
  REQUIRE(answer.ok());
  CHECK(answer->body.size() == 60);
  Call call;
  call.max_body_bytes = 59;
  CHECK(code_of(get(server, "/", call)) == ErrorCode::TooLarge);
}

TEST_CASE("client: an encoding that was not asked for is refused") {
  RawServer server({{ok("x", "Content-Encoding: br\r\n")}});
  CHECK(code_of(get(server)) == ErrorCode::Network);
}

TEST_CASE("client: a body at the limit is taken, one byte over is refused while it comes") {
  RawServer server({{ok("abcd")}, {ok("abcde")}, {"HTTP/1.1 200 OK\r\n\r\nabcde", Afterwards::Trickle}});
  Call call;
  call.max_body_bytes = 4;
  CHECK(get(server, "/", call)->body == "abcd");
  CHECK(code_of(get(server, "/", call)) == ErrorCode::TooLarge);
  CHECK(code_of(get(server, "/", call)) == ErrorCode::TooLarge);
}

TEST_CASE("client: an answer cut short is no answer") {
  RawServer server({{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"},
                    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"},
                    {"HTTP/1.1 200 OK\r\nContent-Le"},
                    {""},
                    {"SSH-2.0-OpenSSH\r\n"}});
  for (int i = 0; i < 5; ++i) {
    CAPTURE(i);
    CHECK(code_of(get(server)) == ErrorCode::Network);
  }
}

TEST_CASE("client: nobody listening is a network error that names the place and not the query") {
  std::string url;
  {
    RawServer gone({});
    url = gone.url("/?token=geheim");
  }
  Call call;
  call.url = url;
  const auto answer = net::make_client({})->send(call);
  CHECK(code_of(answer) == ErrorCode::Network);
  CHECK(answer.error().message().find("127.0.0.1") != std::string::npos);
  CHECK(answer.error().message().find("geheim") == std::string::npos);
}

TEST_CASE("client: the time limit is for the whole exchange, however it trickles") {
  RawServer server({{"", Afterwards::Hold},
                    {"HTTP/1.1 200 OK\r\nX-A: ", Afterwards::Trickle},
                    {"HTTP/1.1 200 OK\r\n\r\n", Afterwards::Trickle}});
  const guardian::base::SystemClock clock;
  for (int i = 0; i < 3; ++i) {
    CAPTURE(i);
    Call call;
    call.timeout = std::chrono::milliseconds(200);
    const auto began = clock.monotonic();
    CHECK(code_of(get(server, "/", call)) == ErrorCode::Network);
    CHECK(clock.monotonic() - began < std::chrono::seconds(10));
  }
}

TEST_CASE("client: a body that stops coming is given up before the whole time is over") {
  RawServer server({{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", Afterwards::Hold}});
  const guardian::base::SystemClock clock;
  Call call;
  call.progress_timeout = std::chrono::milliseconds(100);
  const auto began = clock.monotonic();
  CHECK(code_of(get(server, "/", call)) == ErrorCode::Network);
  CHECK(clock.monotonic() - began < std::chrono::seconds(10));
}

TEST_CASE("client: headers and chunk lines without end are cut off") {
  const std::string endless(std::size_t{4} << 20, 'x');
  RawServer server({{"HTTP/1.1 200 OK\r\nX-A: " + endless, Afterwards::Trickle},
                    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + endless, Afterwards::Trickle}});
  for (int i = 0; i < 2; ++i) {
    const auto answer = get(server);
    CHECK(code_of(answer) == ErrorCode::Network);
    CHECK(answer.error().message().find("past any measure") != std::string::npos);
  }
}

TEST_CASE("client: a line of the head that std::regex would recurse over is refused before it is matched") {
  const std::string long_line(std::size_t{900} << 10, 'x');
  RawServer server({{"HTTP/1.1 200 " + long_line + "\r\nContent-Length: 1\r\n\r\na"},
                    {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 " + long_line + "\r\nContent-Length: 1\r\n\r\na"},
                    {long_line + "\r\n\r\n"}});
  for (int i = 0; i < 3; ++i) {
    CAPTURE(i);
    CHECK(code_of(get(server)) == ErrorCode::Network);
  }
}

TEST_CASE("client: an answer cut short anywhere is none, but where only the end tells the end") {
  const std::string packed = "Content-Encoding: gzip\r\n";
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::string& whole :
       {ok("0123456789"), chunked + "5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n", ok(kGzipped, packed)}) {
    CAPTURE(whole);
    std::vector<Script> scripts;
    for (std::size_t length = 0; length < whole.size(); ++length) scripts.push_back({whole.substr(0, length)});
    RawServer server(scripts);
    for (std::size_t length = 0; length < whole.size(); ++length) {
      CAPTURE(length);
      CHECK(code_of(get(server)) == ErrorCode::Network);
    }
  }
}

TEST_CASE("client: chunks that are none end nothing, and an interim answer is no answer") {
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n";
  const std::vector<std::string> answers = {chunked + "zzz\r\n\r\n", chunked + "-1\r\n\r\n", chunked + "\r\n\r\n",
                                            "HTTP/1.1 103 Early Hints\r\n\r\n" + ok("abc")};
  for (const std::string& bytes : answers) {
    CAPTURE(bytes);
    RawServer server({{bytes}});
    CHECK(code_of(get(server)) == ErrorCode::Network);
  }
  RawServer server({{"HTTP/1.1 100 Continue\r\n\r\n" + ok("abc")}});
  CHECK(get(server)->body == "abc");
}

TEST_CASE("client: a head that two readers could understand differently is refused") {
  for (const char* fields : {"Content-Length: abc\r\n", "Content-Length: 3\r\nContent-Length: 4\r\n",
                             "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "A: b\r\n folded\r\n",
                             "A: b\r\n folded: c\r\n", "A : b\r\n", "A: b\rc\r\n", "A: b\n", "no colon\r\n"}) {
    CAPTURE(fields);
    RawServer server({{"HTTP/1.1 200 OK\r\n"s + fields + "\r\nabc"}});
    CHECK(code_of(get(server)) == ErrorCode::Network);
  }
}

TEST_CASE("client: a length past the limit is refused before the body comes") {
  RawServer server({{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", Afterwards::Hold}});
  Call call;
  call.max_body_bytes = 4;
  CHECK(code_of(get(server, "/", call)) == ErrorCode::TooLarge);
}

TEST_CASE("client: gzip that is damaged, cut short or followed by something is a failure") {
  std::string damaged = kGzipped;
  damaged[kGzipped.size() - 8] = static_cast<char>(damaged[kGzipped.size() - 8] ^ 1);
  for (const std::string& body :
       {damaged, kGzipped + "garbage", kGzipped.substr(0, kGzipped.size() - 1), "not gzip"s}) {
    RawServer server({{ok(body, "Content-Encoding: gzip\r\n")}});
    CHECK(code_of(get(server)) == ErrorCode::Network);
  }
  RawServer server({{ok(kGzipped + kGzipped, "Content-Encoding: x-gzip\r\n")}});
  CHECK(get(server)->body.size() == 120);
}

TEST_CASE("client: percent signs in headers stay what they are") {
  RawServer server({{redirect(302, "/b%2Fc%0d")}, {ok("there", "ETag: \"100%41\"\r\n")}});
  const auto answer = get(server);
  REQUIRE(answer.ok());
  CHECK(answer->headers.find("ETag") == "\"100%41\"");
  CHECK(server.requests()[1].starts_with("GET /b%2Fc%0d "));
}

TEST_CASE("client: a body with a time of its own may come after the whole time, a late head may not") {
  RawServer server({{ok("abc")}, {"", Afterwards::Hold}});
  Call call;
  call.timeout = std::chrono::milliseconds(0);
  call.body_timeout = std::chrono::minutes(10);
  CHECK(get(server, "/", call)->body == "abc");
  call.head_timeout = std::chrono::milliseconds(50);
  CHECK(code_of(get(server, "/", call)) == ErrorCode::Network);
}

TEST_CASE("client: a connection that breaks is a failure, before the answer and within it") {
  RawServer server({{"", Afterwards::Reset},
                    {"HTTP/1.1 200 OK\r\nContent-Le", Afterwards::Reset},
                    {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", Afterwards::Reset},
                    {"HTTP/1.1 200 OK\r\n\r\nto the end", Afterwards::Reset}});
  for (int i = 0; i < 4; ++i) {
    CAPTURE(i);
    CHECK(code_of(get(server)) == ErrorCode::Network);
  }
}

TEST_CASE("client: what never ends is cut off, whatever it is") {
  RawServer server({{"HTTP/1.1 103 Early Hints\r\nX-A: b\r\n\r\n", Afterwards::Flood},
                    {"\x16\x03\x01garbage"s, Afterwards::Flood},
                    {"HTTP/1.1 200 OK\r\n", Afterwards::Flood}});
  for (int i = 0; i < 3; ++i) {
    CAPTURE(i);
    CHECK(code_of(get(server)) == ErrorCode::Network);
  }
}

TEST_CASE("client: a body that only trickles is given up as if it had stopped") {
  RawServer server({{"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", Afterwards::Trickle}});
  Call call;
  call.timeout = std::chrono::minutes(10);
  call.progress_timeout = std::chrono::milliseconds(300);
  const Result<Answer> answer = get(server, "/", call);
  CHECK(code_of(answer) == ErrorCode::Network);
  CHECK(answer.error().message().find("trickles") != std::string::npos);
}

TEST_CASE("client: an answer that refuses a request is heard though the request is not read to its end") {
  RawServer server({{"HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno"}});
  Call call;
  call.method = "POST";
  call.body.assign(std::size_t{16} << 20, 'x');
  const Result<Answer> answer = get(server, "/", call);
  REQUIRE(answer.ok());
  CHECK(answer->status == 413);
  CHECK(answer->body == "no");
}

TEST_CASE("client: a server that never reads is given up, as is one that is asked to stop amid a body") {
  RawServer server({{"", Afterwards::Hold}, {"HTTP/1.1 200 OK\r\n\r\n", Afterwards::Trickle}});
  Call post;
  post.method = "POST";
  post.body.assign(std::size_t{16} << 20, 'x');
  post.timeout = std::chrono::milliseconds(200);
  CHECK(code_of(get(server, "/", post)) == ErrorCode::Network);
  std::stop_source source;
  Call call;
  call.stop = source.get_token();
  call.timeout = std::chrono::minutes(10);
  call.progress_timeout = std::chrono::minutes(10);
  const std::jthread stopper([&source] { source.request_stop(); });
  CHECK(code_of(get(server, "/", call)) == ErrorCode::Network);
}

TEST_CASE("client: a bomb is cut off at the limit while it comes") {
  const GzipBomb bomb = net::gzip_bomb();
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n";
  std::string bytes = head + bomb.begin;
  for (int i = 0; i < 100; ++i) bytes += bomb.again;
  RawServer server({{bytes, Afterwards::Hold}});
  Call call;
  call.max_body_bytes = std::size_t{10} << 20;
  CHECK(code_of(get(server, "/", call)) == ErrorCode::TooLarge);
}

TEST_CASE("client: redirects are followed within the origin, relative ones too") {
  RawServer server({{redirect(302, "/b/c?d")}, {redirect(308, "e")}, {ok("there")}});
  const auto answer = get(server, "/a");
  REQUIRE(answer.ok());
  CHECK(answer->body == "there");
  const auto requests = server.requests();
  CHECK(requests[1].starts_with("GET /b/c?d "));
  CHECK(requests[2].starts_with("GET /b/e "));
}

TEST_CASE("client: a redirect to another origin is not followed") {
  RawServer other({{ok("stolen")}});
  for (const std::string& location :
       {other.url("/"), "https://127.0.0.1/"s, "//127.0.0.1:" + std::to_string(other.port()) + "/", "file:///etc"s}) {
    CAPTURE(location);
    RawServer server({{redirect(302, location)}});
    const auto answer = get(server);
    REQUIRE(answer.ok());
    CHECK(answer->status == 302);
  }
  CHECK(other.requests().empty());
}

TEST_CASE("client: five redirects are followed, a sixth is an error") {
  std::vector<Script> scripts(5, Script{redirect(307, "/")});
  scripts.push_back({ok("there")});
  RawServer patient(scripts);
  CHECK(get(patient)->body == "there");
  RawServer endless(std::vector<Script>(6, Script{redirect(307, "/")}));
  CHECK(code_of(get(endless)) == ErrorCode::Network);
}

TEST_CASE("client: a POST is sent again only where the redirect says so") {
  RawServer server({{redirect(302, "/b")}, {redirect(307, "/b")}, {ok("there")}});
  Call call;
  call.method = "POST";
  call.body = "x";
  CHECK(get(server, "/", call)->status == 302);
  CHECK(get(server, "/", call)->body == "there");
  CHECK(server.requests()[2].starts_with("POST /b "));
}

TEST_CASE("client: what would break the request's framing is not sent") {
  Call call;
  call.url = "http://127.0.0.1:1/";
  call.headers.add("X-A", "b\r\nX-C: d");
  CHECK(code_of(net::make_client({})->send(call)) == ErrorCode::InvalidInput);
  Call smuggling;
  smuggling.url = "http://127.0.0.1:1/";
  smuggling.headers.add("content-length", "5");
  CHECK(code_of(net::make_client({})->send(smuggling)) == ErrorCode::InvalidInput);
  Call strange;
  strange.url = "http://127.0.0.1:1/";
  strange.method = "GET /";
  CHECK(code_of(net::make_client({})->send(strange)) == ErrorCode::InvalidInput);
  Call nowhere;
  nowhere.url = "gopher://a/";
  CHECK(code_of(net::make_client({})->send(nowhere)) == ErrorCode::InvalidInput);
}

TEST_CASE("client: a CA file that is none is said before anything is sent") {
  Call call;
  call.url = "https://127.0.0.1:1/";
  net::ClientOptions options;
  options.ca_file = "/nonexistent/ca.pem";
  const auto answer = net::make_client(options)->send(call);
  CHECK(code_of(answer) == ErrorCode::Network);
  CHECK(answer.error().message().find("ca.pem") != std::string::npos);
}

TEST_CASE("client: it and our own server understand each other") {
  net::ServerOptions options;
  options.threads = 2;
  auto server = net::HttpServer::start(options, {{"POST", "/echo", [](const net::Request& request) {
                                                    net::Response response;
                                                    response.body = request.body;
                                                    return response;
                                                  }}});
  REQUIRE(server.ok());
  Call call;
  call.method = "POST";
  call.url = "http://localhost:" + std::to_string((*server)->port()) + "/echo";
  call.body.assign(500'000, 'x');
  const auto answer = net::make_client({})->send(call);
  REQUIRE(answer.ok());
  CHECK(answer->body == call.body);
}

TEST_CASE("client: an exchange that is asked to stop ends as a network error long before its time is up") {
  RawServer server({Script{"", Afterwards::Hold}});
  std::stop_source source;
  Call call;
  call.stop = source.get_token();
  call.timeout = std::chrono::minutes(10);
  const std::jthread stopper([&source] { source.request_stop(); });
  const guardian::base::SystemClock clock;
  const auto began = clock.monotonic();
  const Result<Answer> answer = get(server, "/", call);
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().code() == ErrorCode::Network);
  CHECK(clock.monotonic() - began < std::chrono::minutes(5));
}

TEST_CASE("client: a server that accepts and never answers is given up at the time for the head") {
  RawServer server({Script{"", Afterwards::Hold}});
  Call call;
  call.timeout = std::chrono::minutes(10);
  call.head_timeout = std::chrono::milliseconds(50);
  const Result<Answer> answer = get(server, "/", call);
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().code() == ErrorCode::Network);
}
