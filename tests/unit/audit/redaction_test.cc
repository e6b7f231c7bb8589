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
  return guardian::json::write(Redactor(key).redact(copy, "context", parsed->root()));
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

namespace {

std::string redacted_by(std::string_view paths, std::string_view context) {
  auto parsed = guardian::audit::RedactionPaths::parse(paths);
  REQUIRE(parsed.ok());
  const auto document = guardian::json::parse(context);
  REQUIRE(document.ok());
  std::string out;
  Redactor("key", {.context = guardian::audit::ContextDetail::Full, .paths = *parsed})
      .append(out, "context", document->root());
  return out;
}

bool is_redacted(const std::string& text, std::string_view member) {
  return text.find("\"" + std::string(member) + "\":\"[redacted:") != std::string::npos;
}

}  // namespace

TEST_CASE("redaction: a path's stars stand for one segment and for any number") {
  const std::string context =
      R"({"user":{"ssn":1,"home":{"ssn":2,"zip":3}},"ssn":4,"Z-I_P":5,"list":[{"ssn":6},[{"ssn":7}]]})";
  const std::string everywhere = redacted_by("context.**.ssn", context);
  for (const char digit : {'1', '2', '4', '6', '7'})
    CHECK(everywhere.find("ssn\":" + std::string(1, digit)) == std::string::npos);
  CHECK(everywhere.find("\"zip\":3") != std::string::npos);
  const std::string one_deep = redacted_by("context.*.ssn", context);
  CHECK(one_deep.find("\"ssn\":1") == std::string::npos);
  CHECK(one_deep.find("\"ssn\":2") != std::string::npos);
  CHECK(one_deep.find("\"ssn\":4") != std::string::npos);
  CHECK(is_redacted(redacted_by("context.zip", context), "Z-I_P"));
  CHECK(is_redacted(redacted_by("context.user.home , context.ssn", context), "home"));
  CHECK(is_redacted(redacted_by("**", R"({"a":1})"), "a") == false);
  CHECK(redacted_by("context", R"({"a":1})").starts_with("\"[redacted:"));
}

TEST_CASE("redaction: a path that could not be meant is refused") {
  for (const char* bad : {"context..a", ".a", "a.b", "context.a,", "context.a.", ","}) {
    CAPTURE(bad);
    CHECK_FALSE(guardian::audit::RedactionPaths::parse(bad).ok());
  }
  std::string deep = "context";
  for (int i = 0; i < 62; ++i) deep += ".a";
  CHECK(guardian::audit::RedactionPaths::parse(deep).ok());
  CHECK_FALSE(guardian::audit::RedactionPaths::parse(deep + ".a").ok());
}

TEST_CASE("redaction: the detail of a context is all of it, its names, or none") {
  using guardian::audit::ContextDetail;
  const auto document = guardian::json::parse(R"({"b":[1,"x",null],"a":{"c":true}})");
  REQUIRE(document.ok());
  const auto written = [&](ContextDetail detail) {
    std::string out;
    Redactor("key", {.context = detail, .paths = {}}).append(out, "context", document->root());
    return out;
  };
  CHECK(written(ContextDetail::Full) == R"({"a":{"c":true},"b":[1,"x",null]})");
  const std::string names = written(ContextDetail::Redacted);
  CHECK(names.find("true") == std::string::npos);
  CHECK(names.find("\"x\"") == std::string::npos);
  CHECK(is_redacted(names, "c"));
  CHECK(written(ContextDetail::None) == R"({"omitted":true})");
}

TEST_CASE("redaction: a listed path hides what an explanation shows of it") {
  const auto paths = guardian::audit::RedactionPaths::parse("context.user.*");
  REQUIRE(paths.ok());
  const std::string text =
      Redactor("key", {.context = guardian::audit::ContextDetail::Full, .paths = *paths})
          .redact_explain(R"([{"policy":"p","rules":[)"
                          R"({"rule":"a","test":{"path":"context.user.ssn","actual":"hunter2"}},)"
                          R"({"rule":"b","test":{"path":"context","actual":{"user":{"x":"hunter3"}}}},)"
                          R"({"rule":"c","test":{"path":"context.amount","actual":7}}]}])");
  const auto items = guardian::audit::RedactionPaths::parse("context.items.ssn");
  REQUIRE(items.ok());
  const std::string item =
      Redactor("key", {.context = guardian::audit::ContextDetail::Full, .paths = *items})
          .redact_explain(R"([{"policy":"p","rules":[)"
                          R"({"rule":"a","test":{"path":"context.items.0.ssn","actual":"hunter4"}}]}])");
  CHECK(item.find("hunter") == std::string::npos);
  CHECK(text.find("hunter") == std::string::npos);
  CHECK(text.find("\"actual\":7") != std::string::npos);
}
