// The table of policy.md section 4: what cannot be decided counts against the caller.
#include <doctest/doctest.h>

#include "policy_text.h"

namespace guardian::policy {

TEST_CASE("undecided: an absent attribute fails a positive test and restricts under a negated one") {
  for (const auto* context : {"{}", R"({"a": null})", R"({"b": 1})"}) {
    CAPTURE(context);
    for (const auto* test : {"equals: x", "in: [x]", "lt: 1", "between: [1, 2]", "matches: '*'", "pathMatches: '**'",
                             "regex: .", "startsWith: x", "contains: x", "containsAll: [x]", "cidr: 10.0.0.0/8",
                             "some: {equals: x}", "every: {equals: x}"}) {
      CAPTURE(test);
      const std::string written = std::string("{context.a: {") + test + "}}";
      CHECK(both(written, context) == kFails);
      CHECK(both("{not: " + written + "}", context) == kAgainstCaller);
    }
    for (const auto* test : {"notEquals: x", "notIn: [x]", "notMatches: x", "notPathMatches: x"}) {
      CAPTURE(test);
      const std::string written = std::string("{context.a: {") + test + "}}";
      CHECK(both(written, context) == kAgainstCaller);
      CHECK(both("{not: " + written + "}", context) == kFails);
    }
  }
}

TEST_CASE("undecided: a type that the operator cannot take counts against the caller either way") {
  for (const auto* test :
       {"lt: 1", "gte: '2026-01-01T00:00:00Z'", "between: [1, 2]", "matches: x", "notMatches: x", "pathMatches: x",
        "notPathMatches: x", "regex: x", "startsWith: x", "endsWith: x", "contains: x", "containsAll: [x]",
        "cidr: 10.0.0.0/8", "some: {equals: 1}", "every: {equals: 1}"}) {
    CAPTURE(test);
    const std::string written = std::string("{context.a: {") + test + "}}";
    CHECK(both(written, R"({"a": true})") == kAgainstCaller);
    CHECK(both("{not: " + written + "}", R"({"a": true})") == kAgainstCaller);
  }
}

TEST_CASE("undecided: text that is not what the operator reads") {
  CHECK(both("{context.a: {cidr: 10.0.0.0/8}}", R"({"a": "10.0.0"})") == kAgainstCaller);
  CHECK(both("{context.a: {lt: '2026-01-01T00:00:00Z'}}", R"({"a": "yesterday"})") == kAgainstCaller);
  CHECK(both("{context.a: {lt: 5}}", R"({"a": "2026-01-01T00:00:00Z"})") == kAgainstCaller);
  CHECK(both("{context.a: {pathMatches: 'x/**'}}", R"({"a": "x/../../y"})") == kAgainstCaller);
}

TEST_CASE("undecided: equality is decided for every type that is there") {
  CHECK(both("{context.a: {equals: x}}", R"({"a": [1]})") == kFails);
  CHECK(both("{context.a: {notEquals: x}}", R"({"a": [1]})") == kHolds);
  CHECK(both("{context.a: {in: [x]}}", R"({"a": {"b": 1}})") == kFails);
}

TEST_CASE("undecided: null among the operands makes absence comparable") {
  CHECK(both("{context.a: {equals: null}}", "{}") == kHolds);
  CHECK(both("{context.a: {notEquals: null}}", "{}") == kFails);
  CHECK(both("{context.a: {in: [x, null]}}", R"({"a": null})") == kHolds);
  CHECK(both("{context.a: {notIn: [x, null]}}", "{}") == kFails);
  CHECK(both("{not: {context.a: {equals: null}}}", "{}") == kFails);
  CHECK(both("{not: {context.a: {equals: null}}}", R"({"a": 1})") == kHolds);
}

TEST_CASE("undecided: exists is decided, null is not there") {
  CHECK(both("{context.a: {exists: true}}", R"({"a": false})") == kHolds);
  CHECK(both("{context.a: {exists: true}}", R"({"a": null})") == kFails);
  CHECK(both("{context.a: {exists: false}}", "{}") == kHolds);
  CHECK(both("{not: {context.a: {exists: true}}}", "{}") == kHolds);
}

TEST_CASE("undecided: one operand or member that holds decides, whatever the others are") {
  CHECK(both("{context.a: {matches: 'x*'}}", R"({"a": [5, "xy"]})") == kHolds);
  CHECK(both("{context.a: {matches: 'x*'}}", R"({"a": [5, "y"]})") == kAgainstCaller);
  CHECK(both("{context.a: {notMatches: 'x*'}}", R"({"a": [null, "xy"]})") == kFails);
  CHECK(both("{context.a: {contains: [5, ell]}}", R"({"a": "hello"})") == kHolds);
  CHECK(both("{context.a: {contains: [5, zzz]}}", R"({"a": "hello"})") == kAgainstCaller);
  CHECK(both("{context.a: {containsAll: [5, zzz]}}", R"({"a": "hello"})") == kFails);
  CHECK(both("{context.a: {containsAll: [5, ell]}}", R"({"a": "hello"})") == kAgainstCaller);
}

TEST_CASE("undecided: a negated some is every of the negation, and the reverse") {
  CHECK(both("{not: {context.a: {some: {equals: x}}}}", R"({"a": ["y", "z"]})") == kHolds);
  CHECK(both("{not: {context.a: {some: {equals: x}}}}", R"({"a": ["y", "x"]})") == kFails);
  CHECK(both("{not: {context.a: {every: {equals: x}}}}", R"({"a": ["y", "x"]})") == kHolds);
  CHECK(both("{not: {context.a: {every: {equals: x}}}}", R"({"a": []})") == kFails);
  CHECK(both("{not: {context.a: {some: {equals: x}}}}", R"({"a": []})") == kHolds);
  // Two operators inside: not all of them is one of them not.
  CHECK(both("{not: {context.a: {every: {gte: 1, lte: 5}}}}", R"({"a": [3, 9]})") == kHolds);
  CHECK(both("{not: {context.a: {every: {gte: 1, lte: 5}}}}", R"({"a": [3, 4]})") == kFails);
}

TEST_CASE("undecided: nested tests count by their own polarity, null members are absent") {
  CHECK(both("{context.a: {every: {matches: 'x*'}}}", R"({"a": ["xa", 5]})") == kAgainstCaller);
  CHECK(both("{context.a: {every: {matches: 'x*'}}}", R"({"a": ["xa", null]})") == kFails);
  CHECK(both("{context.a: {some: {notMatches: 'x*'}}}", R"({"a": [null]})") == kAgainstCaller);
  CHECK(both("{context.a: {some: {exists: false}}}", R"({"a": [1, null]})") == kHolds);
  CHECK(both("{not: {context.a: {every: {matches: 'x*'}}}}", R"({"a": ["xa", 5]})") == kAgainstCaller);
  CHECK(both("{not: {context.a: {every: {matches: 'x*'}}}}", R"({"a": ["xa", null]})") == kAgainstCaller);
  CHECK(both("{context.a: {some: {every: {lt: 3}}}}", R"({"a": [[5], [1, 2]]})") == kHolds);
}

}  // namespace guardian::policy
