#include "guardian/base/junit.h"

#include <doctest/doctest.h>

#include <string_view>

#include "support/fake_clock.h"

namespace guardian::base {

namespace {

using namespace std::chrono_literals;

bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

std::string report(const std::vector<JunitSuite>& suites) {
  return junit_xml("all", suites, test::time_of("2026-04-18T10:30:00Z"));
}

std::string report_of_failure(std::string message, std::string text) {
  return report({{"suite", {}, {{"case", 0ns, JunitFailure{std::move(message), std::move(text)}}}}});
}

}  // namespace

TEST_CASE("junit: a report counts its tests, failures and time, suite by suite and together") {
  const std::string xml = report({
      {"a", {{"source", "here"}}, {{"one", 1500us, {}}, {"two", 500us, JunitFailure{"wrong", "very"}}}},
      {"b", {}, {{"three", 1s, {}}}},
  });
  CHECK(
      xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"all\" tests=\"3\" failures=\"1\" "
                      "errors=\"0\" time=\"1.002000\">\n"));
  CHECK(holds(xml,
              "<testsuite name=\"a\" tests=\"2\" failures=\"1\" errors=\"0\" time=\"0.002000\" skipped=\"0\" "
              "timestamp=\"2026-04-18T10:30:00Z\">"));
  CHECK(holds(xml, "<property name=\"source\" value=\"here\"/>"));
  CHECK(holds(xml, "<testcase name=\"one\" classname=\"a\" time=\"0.001500\"/>"));
  CHECK(holds(xml, "<failure message=\"wrong\" type=\"AssertionError\">very</failure>"));
  CHECK(holds(xml, "<testsuite name=\"b\" tests=\"1\" failures=\"0\""));
  CHECK(xml.ends_with("</testsuites>\n"));
}

TEST_CASE("junit: markup and white space in the user's words are escaped") {
  const std::string xml = report_of_failure("a<b> & \"c\"\td", "x < y\nz ]]>");
  CHECK(holds(xml, "message=\"a&lt;b&gt; &amp; &quot;c&quot;&#9;d\""));
  CHECK(holds(xml, ">x &lt; y&#10;z ]]&gt;</failure>"));
}

TEST_CASE("junit: what XML 1.0 cannot hold becomes U+FFFD") {
  CHECK(holds(report_of_failure(std::string("a\0b\x1b\x7f", 5), ""), "message=\"a\uFFFDb\uFFFD\x7f\""));
  CHECK(holds(report_of_failure("\xEF\xBF\xBF", ""), "message=\"\uFFFD\""));
  CHECK(holds(report_of_failure("caf\xC3\xA9 \xC3(\xF0\x9F\x9A\x80", ""), "message=\"caf\u00E9 \uFFFD(\U0001F680\""));
}

}  // namespace guardian::base
