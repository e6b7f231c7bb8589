// What the worst policies and requests cost: each family at three sizes, where both sides double, and the exponent with
// which the time grows. 1 is linear in the sum of the sizes; 2 is their product, the bound; above 2 is a bug.
//   meson test -C build --benchmark --verbose adversarial
// Nothing is asserted: machines differ. tests/unit/policy/cost_test.cc holds what must not come back.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/base/clock.h"
#include "guardian/json/reader.h"
#include "guardian/policy/program.h"
#include "guardian/policy/yaml.h"

namespace {

using namespace guardian;

constexpr int kRuns = 3;

// One policy in YAML and one context in JSON.
struct Input {
  std::string policy;
  std::string context;
};

struct Family {
  const char* name;
  std::size_t size;
  std::function<Input(std::size_t)> make;
  bool explain = false;
};

std::string repeat(std::string_view part, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text;
}

// `<before>0<after>, <before>1<after>, ...`
std::string numbered(std::size_t count, std::size_t first, std::string_view before, std::string_view after) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) text += ", ";
    text.append(before).append(std::to_string(first + i)).append(after);
  }
  return text;
}

std::string list(std::size_t count, std::size_t first) { return "[" + numbered(count, first, "\"t", "\"") + "]"; }

// Text in which no two stretches are alike.
std::string mixed(std::size_t size) {
  std::string text;
  std::uint32_t state = 1;
  while (text.size() < size) {
    state = state * 1664525 + 1013904223;
    text += "ab"[state >> 31];
  }
  return text;
}

Input ask(const std::string& conditions, const std::string& context) {
  return {"name: p\nrules: [{id: r, effect: deny, actions: ['*'], conditions: " + conditions + "}]\n", context};
}

Input ask_text(const std::string& test, const std::string& text) {
  return ask("{context.x: {" + test + "}}", "{\"x\": \"" + text + "\"}");
}

Input nested(std::size_t size) {
  std::string conditions = "{equals: b}";
  std::string value = list(size, 0);
  for (int i = 0; i < 8; ++i) {
    conditions = "{some: " + conditions + "}";
    if (i > 0) value = "[" + value + "]";
  }
  return ask("{context.x: " + conditions + "}", "{\"x\": " + value + "}");
}

// Below the 64 levels of a request: as deep as `times` asks for at once.
Input deep(std::size_t size) {
  std::string path = "context";
  std::string value = "1";
  for (int i = 0; i < 60; ++i) {
    path += ".a";
    value = "{\"a\": " + value + "}";
  }
  return ask("{any: [" + numbered(size, 2, "{" + path + ": ", "}") + "]}", value);
}

const std::vector<Family>& families() {
  static const std::vector<Family> all{
      {"glob: long literal after a star", 64'000,
       [](std::size_t n) { return ask_text("matches: '*" + std::string(n / 256, 'a') + "b*'", std::string(n, 'a')); }},
      {"glob: stars and literals", 64'000,
       [](std::size_t n) { return ask_text("matches: '" + repeat("*a", n / 512) + "*b'", std::string(n, 'a')); }},
      {"glob: question marks after a star", 64'000,
       [](std::size_t n) { return ask_text("matches: '*" + repeat("a?", n / 512) + "b*'", std::string(n, 'a')); }},
      {"glob: many of them", 64'000,
       [](std::size_t n) {
         return ask_text("matches: [" + numbered(n / 500, 0, "'*a", "*b'") + "]", std::string(n, 'a'));
       }},
      {"path glob: eight `**`", 64'000,
       [](std::size_t n) {
         const std::string part = "**/" + repeat("a/", n / 8'000);
         return ask_text("pathMatches: '/b/" + repeat(part, 8) + "a'", "/" + repeat("a/", n / 2));
       }},
      {"path glob: many segments", 64'000,
       [](std::size_t n) {
         return ask_text("pathMatches: '/**/b/" + repeat("a/", n / 600) + "**'", "/" + repeat("a/", n / 2));
       }},
      {"regex: nested quantifiers", 256'000,
       [](std::size_t n) { return ask_text("regex: '((((a*)*)*)*)*b'", std::string(n, 'a')); }},
      {"regex: big counted class", 16'000, [](std::size_t n) { return ask_text("regex: '(\\pL+\\d*)!'", mixed(n)); }},
      {"regex: counted optional", 8'000, [](std::size_t n) { return ask_text("regex: '(?:[ab]?){600}!'", mixed(n)); }},
      {"regex: exponential states", 8'000, [](std::size_t n) { return ask_text("regex: 'a.{60}b!'", mixed(n)); }},
      {"in: many operands, long list", 4'000,
       [](std::size_t n) { return ask("{context.x: {in: " + list(n, n) + "}}", "{\"x\": " + list(n, 0) + "}"); }},
      {"contains: many operands, long list", 4'000,
       [](std::size_t n) { return ask("{context.x: {contains: " + list(n, n) + "}}", "{\"x\": " + list(n, 0) + "}"); }},
      {"containsAll: many operands, long list", 4'000,
       [](std::size_t n) {
         return ask("{context.x: {containsAll: " + list(n, 0) + "}}", "{\"x\": " + list(n, 0) + "}");
       }},
      {"contains: long text in long text", 64'000,
       [](std::size_t n) { return ask_text("contains: '" + std::string(n / 16, 'a') + "b'", std::string(n, 'a')); }},
      {"equals: object of many members", 2'000,
       [](std::size_t n) {
         return ask("{context.x: {equals: {" + numbered(n, 0, "m", ": 1") + ", last: 2}}}",
                    "{\"x\": {\"last\": 2, " + numbered(n - 1, 1, "\"m", "\": 1") + ", \"m0\": 0}}");
       }},
      {"many attributes, many members", 2'000,
       [](std::size_t n) {
         return ask("{any: [" + numbered(n, 0, "{context.x", ": 1}") + "]}",
                    "{" + numbered(n, 0, "\"y", "\": 1") + "}");
       }},
      {"deep context, many attributes", 500, deep},
      {"some: nested, long list", 16'000, nested},
      {"explain: some, nested, long list", 16'000, nested, true},
      {"explain: operands against a list", 4'000,
       [](std::size_t n) { return ask("{context.x: {in: " + list(n, n) + "}}", "{\"x\": " + list(n, 0) + "}"); }, true},
  };
  return all;
}

// Milliseconds of the quickest of a few runs; nothing for a policy that is refused.
std::optional<double> measure(const Family& family, std::size_t size, const base::Clock& clock) {
  const Input input = family.make(size);
  const auto document = policy::parse_yaml(input.policy);
  const auto context = json::parse(input.context);
  if (!document || !context) return std::nullopt;
  const auto policy = policy::Policy::compile(document->root(), {"p", {}}, {});
  if (!policy) return std::nullopt;
  policy::Agent agent;
  agent.id = "agent";
  policy::Request request;
  request.action = "read:x";
  request.context = context->root();
  const policy::Input question{agent, request, clock.now()};
  double least = std::numeric_limits<double>::max();
  std::size_t used = 0;
  for (int run = 0; run < kRuns; ++run) {
    std::string text;
    json::Writer out(text);
    const auto began = clock.monotonic();
    if (family.explain) {
      policy->explain(question, std::size_t{1} << 20, out);
    } else {
      used += policy->evaluate(question).rule;
    }
    least = std::min(least, static_cast<double>((clock.monotonic() - began).count()) * 1e-6);
    used += text.size();
  }
  return used == std::numeric_limits<std::size_t>::max() ? std::nullopt : std::optional(least);
}

}  // namespace

int main() {
  const base::SystemClock clock;
  std::printf("%-40s %8s %10s %10s %10s  %s\n", "family", "n", "n ms", "2n ms", "4n ms", "exponent");
  for (const Family& family : families()) {
    std::printf("%-40s %8zu", family.name, family.size);
    std::vector<double> times;
    for (const std::size_t factor : {1U, 2U, 4U}) {
      const auto took = measure(family, factor * family.size, clock);
      if (!took) break;
      std::printf(" %10.3f", *took);
      std::fflush(stdout);
      times.push_back(*took);
    }
    if (times.size() == 3) {
      std::printf("  %.2f\n", std::log2(times[2] / times[0]) / 2);
    } else {
      std::printf("  refused\n");
    }
  }
  return 0;
}
