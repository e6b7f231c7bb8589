#include "guardian/tools/offering.h"

#include <doctest/doctest.h>

#include "guardian/net/client.h"

using guardian::net::Answer;
using guardian::net::Call;
using guardian::tools::Offering;

namespace {

class Caller {
 public:
  explicit Caller(const Offering& offering)
      : base_("http://127.0.0.1:" + std::to_string(offering.port()) + "/api/v1/guardian") {}

  Answer get(const std::string& path, const std::string& if_none_match = {}) {
    Call call;
    call.url = base_ + path;
    if (!if_none_match.empty()) call.headers.add("If-None-Match", if_none_match);
    auto answer = client_->send(call);
    REQUIRE(answer.ok());
    return std::move(answer).value();
  }

 private:
  std::string base_;
  std::unique_ptr<guardian::net::HttpClient> client_ = guardian::net::make_client({});
};

}  // namespace

TEST_CASE("offering: it is away until it is given a bundle, and when told to be") {
  const auto offering = Offering::open();
  REQUIRE(offering.ok());
  Caller caller(**offering);
  CHECK(caller.get("/bundle").status == 503);
  (*offering)->bundle("one");
  CHECK(caller.get("/bundle").body == "one");
  (*offering)->away();
  CHECK(caller.get("/bundle").status == 503);
}

TEST_CASE("offering: a bundle that the caller has is confirmed, another one sent") {
  const auto offering = Offering::open();
  REQUIRE(offering.ok());
  Caller caller(**offering);
  (*offering)->bundle("one");
  const auto first = caller.get("/bundle");
  REQUIRE(first.headers.find("ETag").has_value());
  const std::string etag(*first.headers.find("ETag"));
  CHECK(caller.get("/bundle", etag).status == 304);
  (*offering)->bundle("two");
  const auto second = caller.get("/bundle", etag);
  CHECK(second.status == 200);
  CHECK(second.body == "two");
}

TEST_CASE("offering: trust roots stand below their version, the last one given is current") {
  const auto offering = Offering::open();
  REQUIRE(offering.ok());
  Caller caller(**offering);
  (*offering)->bundle("one");
  (*offering)->trust_root(1, "first");
  (*offering)->trust_root(2, "second");
  CHECK(caller.get("/trust-root/1").body == "first");
  CHECK(caller.get("/trust-root/2").body == "second");
  CHECK(caller.get("/trust-root").body == "second");
  CHECK(caller.get("/trust-root/3").status == 404);
}
