#include "guardian/audit/redaction.h"

#include <doctest/doctest.h>

#include "guardian/json/reader.h"
#include "guardian/json/writer.h"

using guardian::audit::names_secret;
using guardian::audit::Redactor;

namespace {

std::string redacted(std::string_view context, const std::string& key = "key") {
  const auto parsed = guardian::json::parse(context);
  REQUIRE(parsed.ok());
  guardian::json::Document copy;
  return guardian::json::write(Redactor(key).redact(copy, parsed->root()));
}

}  // namespace

TEST_CASE("redaction: a name that is or ends in a secret's name counts, case and - _ apart") {
  for (const char* name : {"password", "Password", "user_password", "API-Key", "x_api_key", "accessToken", "SECRET",
                           "db_passwd", "private-key", "Set-Cookie", "Authorization", "access_key"}) {
    CAPTURE(name);
    CHECK(names_secret(name));
  }
  for (const char* name : {"passwords_count", "tokenize", "cookies", "keys", "secretary", ""}) {
    CAPTURE(name);
    CHECK_FALSE(names_secret(name));
  }
}

TEST_CASE("redaction: secrets are replaced at any depth and the rest is kept") {
  const std::string text = redacted(R"({"amount":45,"login":[{"user":"u","Pass_Word":"hunter2"}],"token":{"a":1}})");
  CHECK(text.find("hunter2") == std::string::npos);
  CHECK(text.find(R"("amount":45)") != std::string::npos);
  CHECK(text.find(R"("user":"u")") != std::string::npos);
  CHECK(text.find(R"("token":"[redacted:)") != std::string::npos);
}

TEST_CASE("redaction: equal values have equal marks, others and other keys do not") {
  CHECK(redacted(R"({"password":"a"})") == redacted(R"({"password":"a"})"));
  CHECK(redacted(R"({"password":"a"})") != redacted(R"({"password":"b"})"));
  CHECK(redacted(R"({"password":"a"})") != redacted(R"({"password":"a"})", "other key"));
}

TEST_CASE("redaction: an explanation's actual value is hidden by the test's path and by its own members") {
  const Redactor redactor("key");
  const std::string text = redactor.redact_explain(
      R"([{"policy":"p","rules":[)"
      R"({"rule":"a","test":{"path":"context.password","operator":"equals","operand":"x","actual":"hunter2"}},)"
      R"({"rule":"b","test":{"path":"context[\"api-key\"].id","operator":"equals","operand":"x","actual":"hunter3"}},)"
      R"({"rule":"c","test":{"path":"context","operator":"exists","operand":false,"actual":{"secret":"hunter4","n":1}}},)"
      R"({"rule":"d","test":{"path":"context.password","operator":"exists","operand":true,"actual":null}},)"
      R"({"rule":"e","test":null}]}])");
  CHECK(text.find("hunter") == std::string::npos);
  CHECK(text.find(R"("n":1)") != std::string::npos);
  CHECK(text.find(R"("operand":true,"actual":null)") != std::string::npos);
  CHECK(text.find(R"({"rule":"e","test":null})") != std::string::npos);
}
