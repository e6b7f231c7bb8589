#include <doctest/doctest.h>

#include "guardian/json/reader.h"
#include "guardian/net/gzip.h"
#include "unit/gateway/rig.h"

using guardian::net::Request;
using guardian::net::Response;
using namespace guardian::test;

namespace {

constexpr const char* kAuditPath = "/api/v1/guardian/audit";

struct Rig : GatewayRig {
  Rig() {
    guardian::gateway::Options options;
    options.audit_directory = dir.file("audit");
    open({}, std::move(options));
  }

  [[nodiscard]] Request post(std::string body, const std::string& coding = {}) const {
    Request made = request(kAuditPath);
    made.method = "POST";
    made.body = std::move(body);
    if (!coding.empty()) made.headers.add("Content-Encoding", coding);
    return made;
  }
  [[nodiscard]] Response post_gzip(const std::string& text) const {
    return send(post(guardian::net::gzip(text).value(), "gzip"));
  }
};

std::string body_with(const std::string& events) { return R"({"sidecar":"host-1","events":[)" + events + "]}"; }

}  // namespace

TEST_CASE("audit endpoint: events are stored, duplicates counted, the rest rejected with why") {
  const Rig rig;
  const Response first = rig.post_gzip(body_with(R"({"id":"a"},{"id":"b"})"));
  CHECK(first.status == 200);
  CHECK(first.body == R"({"accepted":2,"duplicates":0,"rejected":[]})");
  const Response second = rig.post_gzip(body_with(R"({"id":"b"},{"id":"c"},{"no":"id"},7)"));
  CHECK(second.status == 200);
  CHECK(second.body ==
        R"({"accepted":1,"duplicates":1,"rejected":[{"id":null,"error":"id: must be a text that is not empty"},)"
        R"({"id":null,"error":"must be an object"}]})");
  CHECK(rig.dir.read("audit/host-1.jsonl") == "{\"id\":\"a\"}\n{\"id\":\"b\"}\n{\"id\":\"c\"}\n");
}

TEST_CASE("audit endpoint: plain bodies are taken as well as gzip, and no other coding") {
  const Rig rig;
  CHECK(rig.send(rig.post(body_with(R"({"id":"a"})"))).status == 200);
  CHECK(rig.send(rig.post(body_with(R"({"id":"a"})"), "identity")).status == 200);
  CHECK(rig.send(rig.post(body_with(R"({"id":"a"})"), "br")).status == 415);
  Request twice = rig.post(body_with(""), "gzip");
  twice.headers.add("Content-Encoding", "gzip");
  CHECK(rig.send(twice).status == 415);
}

TEST_CASE("audit endpoint: without the token nothing is taken") {
  const Rig rig;
  Request request = rig.post(body_with(R"({"id":"a"})"));
  request.headers = {};
  CHECK(rig.send(request).status == 401);
  request.headers.add("X-Admin-Token", "other");
  CHECK(rig.send(request).status == 401);
  CHECK_FALSE(rig.dir.exists("audit/host-1.jsonl"));
}

TEST_CASE("audit endpoint: damaged gzip and damaged JSON are refused whole") {
  const Rig rig;
  const std::string whole = guardian::net::gzip(body_with(R"({"id":"a"})")).value();
  std::string flipped = whole;
  flipped[whole.size() - 5] = static_cast<char>(flipped[whole.size() - 5] ^ 1);
  CHECK(rig.send(rig.post(flipped, "gzip")).status == 400);
  CHECK(rig.send(rig.post(whole.substr(0, whole.size() - 1), "gzip")).status == 400);
  CHECK(rig.send(rig.post("", "gzip")).status == 400);
  CHECK(rig.post_gzip(body_with(R"({"id":"a"},)")).status == 400);
  CHECK_FALSE(rig.dir.exists("audit/host-1.jsonl"));
}

TEST_CASE("audit endpoint: what unfolds to more than 8 MiB is refused before it is unfolded") {
  const Rig rig;
  const Response response = rig.post_gzip(std::string((std::size_t{8} << 20) + 1, ' '));
  CHECK(response.status == 413);
}

TEST_CASE("audit endpoint: a disk that takes nothing is told, so that the events are sent again") {
  const Rig rig;
  rig.dir.write("audit/host-1.jsonl/in-the-way", "");
  CHECK(rig.send(rig.post(body_with(R"({"id":"a"})"))).status == 503);
}

TEST_CASE("audit endpoint: a gateway without a directory for events takes none") {
  GatewayRig rig;
  rig.open();
  Request request = rig.request(kAuditPath);
  request.method = "POST";
  CHECK(rig.send(request).status == 404);
}

TEST_CASE("audit endpoint: a directory for events that cannot be made keeps the gateway from starting") {
  GatewayRig rig;
  rig.dir.write("file", "");
  guardian::gateway::Options options;
  options.audit_directory = rig.dir.file("file/audit");
  CHECK_FALSE(rig.try_open({}, std::move(options)).ok());
}
