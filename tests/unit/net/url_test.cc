#include <doctest/doctest.h>

#include "guardian/net/client.h"
#include "guardian/net/local_url.h"

using guardian::base::ErrorCode;
using guardian::net::Url;

TEST_CASE("url: scheme, host, port and path are taken apart") {
  const auto url = Url::parse("HTTPS://Gateway.Example:8443/base?q=1");
  REQUIRE(url.ok());
  CHECK(url->scheme == "https");
  CHECK(url->host == "gateway.example");
  CHECK(url->port == 8443);
  CHECK(url->path == "/base?q=1");
  CHECK(url->origin() == "https://gateway.example:8443");
}

TEST_CASE("url: what is left out has its default") {
  CHECK(Url::parse("http://a")->port == 80);
  CHECK(Url::parse("https://a")->port == 443);
  CHECK(Url::parse("http://a")->path == "/");
  CHECK(Url::parse("http://a?q")->path == "/?q");
}

TEST_CASE("url: an IPv6 host stands in brackets") {
  const auto url = Url::parse("http://[::1]:8080/");
  REQUIRE(url.ok());
  CHECK(url->host == "::1");
  CHECK(url->origin() == "http://[::1]:8080");
}

TEST_CASE("url: what is no address is refused") {
  for (const char* text : {"", "a", "ftp://a", "http://", "http:///x", "http://:80", "http://a:0", "http://a:65536",
                           "http://a:b", "http://a:", "http://[::1", "http://[::1]80", "http://[x]", "http://a b/",
                           "http://a/#f", "http://user:pass@a/", "http://a\r\nb/", "http://a/\x80", "http://::1/"}) {
    CAPTURE(text);
    const auto url = Url::parse(text);
    REQUIRE_FALSE(url.ok());
    CHECK(url.error().code() == ErrorCode::InvalidInput);
  }
}

TEST_CASE("url: neither passwords nor queries get into the error") {
  CHECK(Url::parse("http://user:geheim@a/").error().message().find("geheim") == std::string::npos);
  CHECK(Url::parse("http://a:b/?token=geheim").error().message().find("geheim") == std::string::npos);
}

TEST_CASE("url: loopback is told by name and number") {
  for (const char* text : {"http://localhost", "http://127.0.0.1", "http://127.9.9.9", "http://[::1]"}) {
    CHECK(Url::parse(text)->is_loopback());
  }
  for (const char* text :
       {"http://localhost.example", "http://128.0.0.1", "http://127.0.0.1.example", "http://[::2]"}) {
    CHECK_FALSE(Url::parse(text)->is_loopback());
  }
}

TEST_CASE("url: a server that listens everywhere is asked on the loopback, others where they are") {
  CHECK(guardian::net::local_url("0.0.0.0", 4000) == "http://127.0.0.1:4000");
  CHECK(guardian::net::local_url("::", 4000) == "http://127.0.0.1:4000");
  CHECK(guardian::net::local_url("::1", 4000) == "http://[::1]:4000");
  CHECK(guardian::net::local_url("10.0.0.7", 80) == "http://10.0.0.7:80");
}
