#include "guardian/base/junit.h"

#include <algorithm>
#include <cstdio>
#include <string_view>

#include "guardian/base/text.h"

namespace guardian::base {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// Bytes of the well-formed UTF-8 sequence that `text` begins with; 0 when there is none.
std::size_t sequence_size(std::string_view text) noexcept {
  for (std::size_t size = 1; size <= 4 && size <= text.size(); ++size) {
    if (is_utf8(text.substr(0, size))) return size;
  }
  return 0;
}

// XML 1.0, Char: no control characters but tab, line feed and carriage return, and not U+FFFE, U+FFFF.
bool is_xml_character(std::string_view sequence) noexcept {
  const auto byte = static_cast<unsigned char>(sequence.front());
  if (byte < 0x20) return byte == '\t' || byte == '\n' || byte == '\r';
  return sequence != "\xEF\xBF\xBE" && sequence != "\xEF\xBF\xBF";
}

void append_character(std::string& out, std::string_view sequence) {
  switch (sequence.front()) {
    case '&':
      out += "&amp;";
      return;
    case '<':
      out += "&lt;";
      return;
    case '>':
      out += "&gt;";
      return;
    case '"':
      out += "&quot;";
      return;
    // A reader would turn these into spaces or line feeds where they stand bare in an attribute.
    case '\t':
      out += "&#9;";
      return;
    case '\n':
      out += "&#10;";
      return;
    case '\r':
      out += "&#13;";
      return;
    default:
      out += sequence;
  }
}

void append_escaped(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const std::size_t size = sequence_size(text);
    if (size == 0 || !is_xml_character(text.substr(0, size))) {
      out += kReplacement;
    } else {
      append_character(out, text.substr(0, size));
    }
    text.remove_prefix(std::max(size, std::size_t{1}));
  }
}

void append_attribute(std::string& out, std::string_view name, std::string_view value) {
  out.append(" ").append(name).append("=\"");
  append_escaped(out, value);
  out += '"';
}

std::string seconds(std::chrono::nanoseconds duration) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6f", std::chrono::duration<double>(duration).count());
  return text;
}

struct Totals {
  std::size_t tests = 0;
  std::size_t failures = 0;
  std::chrono::nanoseconds duration{0};

  void add(const JunitSuite& suite) {
    for (const JunitCase& one : suite.cases) {
      ++tests;
      failures += one.failure ? 1U : 0U;
      duration += one.duration;
    }
  }
};

void append_totals(std::string& out, const Totals& totals) {
  append_attribute(out, "tests", std::to_string(totals.tests));
  append_attribute(out, "failures", std::to_string(totals.failures));
  append_attribute(out, "errors", "0");
  append_attribute(out, "time", seconds(totals.duration));
}

void append_case(std::string& out, const JunitSuite& suite, const JunitCase& one) {
  out += "    <testcase";
  append_attribute(out, "name", one.name);
  append_attribute(out, "classname", suite.name);
  append_attribute(out, "time", seconds(one.duration));
  if (!one.failure) {
    out += "/>\n";
    return;
  }
  out += ">\n      <failure";
  append_attribute(out, "message", one.failure->message);
  append_attribute(out, "type", "AssertionError");
  out += ">";
  append_escaped(out, one.failure->text);
  out += "</failure>\n    </testcase>\n";
}

void append_suite(std::string& out, const JunitSuite& suite, TimePoint started) {
  Totals totals;
  totals.add(suite);
  out += "  <testsuite";
  append_attribute(out, "name", suite.name);
  append_totals(out, totals);
  append_attribute(out, "skipped", "0");
  append_attribute(out, "timestamp", format_rfc3339(started));
  out += ">\n";
  if (!suite.properties.empty()) out += "    <properties>\n";
  for (const auto& [name, value] : suite.properties) {
    out += "      <property";
    append_attribute(out, "name", name);
    append_attribute(out, "value", value);
    out += "/>\n";
  }
  if (!suite.properties.empty()) out += "    </properties>\n";
  for (const JunitCase& one : suite.cases) append_case(out, suite, one);
  out += "  </testsuite>\n";
}

}  // namespace

std::string junit_xml(const std::string& name, const std::vector<JunitSuite>& suites, TimePoint started) {
  Totals totals;
  for (const JunitSuite& suite : suites) totals.add(suite);
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites";
  append_attribute(out, "name", name);
  append_totals(out, totals);
  out += ">\n";
  for (const JunitSuite& suite : suites) append_suite(out, suite, started);
  return out + "</testsuites>\n";
}

}  // namespace guardian::base
