#include "guardian/net/router.h"

#include <doctest/doctest.h>

#include <stdexcept>

using guardian::net::Reply;
using guardian::net::Request;
using guardian::net::Response;
using guardian::net::Router;

namespace {

guardian::net::Handler says(std::string text) {
  return [text](const Request&) {
    Response response;
    response.body = text;
    return response;
  };
}

Router some_routes() {
  return Router({{"GET", "/a", says("a")},
                 {"POST", "/a", says("posted")},
                 {"PUT", "/b", says("b")},
                 {"POST", "/coded", says("decoded"), true},
                 {"GET", "/tree/*", says("tree")},
                 {"GET", "/tree/branch/*", says("branch")},
                 {"GET", "/tree/leaf", says("leaf")},
                 {"GET", "/later", [](const Request&, Reply reply) { std::move(reply).send(says("late")({})); }},
                 {"GET", "/forgets", [](const Request&, const Reply&) {}},
                 {"GET", "/throws-later", [](const Request&, const Reply&) { throw std::runtime_error("secret"); }},
                 {"GET", "/throws", [](const Request&) -> Response { throw std::runtime_error("secret"); }}});
}

Response answer(std::string method, std::string path, const std::string& coding = {}) {
  Request request;
  if (!coding.empty()) request.headers.add("content-encoding", coding);
  request.method = std::move(method);
  request.path = std::move(path);
  Response answer;
  some_routes().serve(request, Reply([&answer](Response response) { answer = std::move(response); }));
  return answer;
}

}  // namespace

TEST_CASE("router: method and path choose the route, HEAD takes GET's") {
  CHECK(answer("GET", "/a").body == "a");
  CHECK(answer("POST", "/a").body == "posted");
  CHECK(answer("HEAD", "/a").body == "a");
}

TEST_CASE("router: the exact path goes before the longest that it lies below") {
  CHECK(answer("GET", "/tree/leaf").body == "leaf");
  CHECK(answer("GET", "/tree/other").body == "tree");
  CHECK(answer("GET", "/tree/").body == "tree");
  CHECK(answer("GET", "/tree/branch/x/y").body == "branch");
  CHECK(answer("GET", "/tree").status == 404);
}

TEST_CASE("router: bodies that are coded go only to routes that decode them") {
  CHECK(answer("POST", "/a", "gzip").status == 415);
  CHECK(answer("POST", "/a", "Identity").body == "posted");
  CHECK(answer("POST", "/coded", "gzip").body == "decoded");
  CHECK(answer("POST", "/coded").body == "decoded");
}

TEST_CASE("router: an unknown path is not found, a known one says what it allows") {
  CHECK(answer("GET", "/A").status == 404);
  CHECK(answer("GET", "/a/").status == 404);
  CHECK(answer("OPTIONS", "*").status == 404);
  const Response refused = answer("DELETE", "/a");
  CHECK(refused.status == 405);
  CHECK(refused.headers.find("Allow") == "GET, HEAD, POST");
  CHECK(answer("HEAD", "/b").headers.find("Allow") == "PUT");
}

TEST_CASE("router: a route may reply by itself; one that forgets to answers 500") {
  CHECK(answer("GET", "/later").body == "late");
  CHECK(answer("GET", "/forgets").status == 500);
  CHECK(answer("GET", "/throws-later").status == 500);
}

TEST_CASE("router: a route that throws answers 500 without its text") {
  const Response response = answer("GET", "/throws");
  CHECK(response.status == 500);
  CHECK(response.body == "{\"error\":\"internal\",\"message\":\"internal error\"}");
  CHECK(response.headers.entries().empty());
}
