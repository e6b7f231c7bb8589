#include "guardian/policy/operand_set.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "guardian/json/reader.h"
#include "policy_text.h"

namespace guardian::policy {

namespace {

json::Document read(std::string_view text) {
  auto document = json::parse(text);
  REQUIRE(document.ok());
  return std::move(document).value();
}

}  // namespace

TEST_CASE("operand set: has what equals an operand, and nothing else") {
  const json::Document document =
      read(R"([null, false, 1, 1.0, 2, "a", "a", "b", [1, "x"], {"k": 1, "l": [2]}, "ab"])");
  const json::Document others = read(R"([true, 3, "", "c", [1], ["x", 1], {"k": 1}, {"k": 1, "l": [3]}, {}, "1"])");
  const OperandSet set(document.root().as_list());
  for (const auto& operand : document.root().as_list()) CHECK(set.has(operand));
  for (const auto& other : others.root().as_list()) CHECK_FALSE(set.has(other));
  CHECK(set.has(read(R"({"l": [2.0], "k": 1e0})").root()));
}

TEST_CASE("operand set: is covered when every operand is there, operands written twice count once") {
  const json::Document document = read(R"([1, 2, 2.0, "a", "a"])");
  const OperandSet set(document.root().as_list());
  CHECK(set.is_covered_by(read(R"(["a", 9, 2, 2, 1])").root().as_list()));
  CHECK_FALSE(set.is_covered_by(read(R"(["a", 9, 2, 2])").root().as_list()));
  CHECK_FALSE(set.is_covered_by({}));
}

TEST_CASE("operand set: more operands than one walk over the values notes are all looked for") {
  std::vector<json::Value> operands;
  for (std::int64_t i = 0; i < 150'000; ++i) operands.push_back(json::Value::integer(i));
  const OperandSet set(operands);
  CHECK(set.is_covered_by(operands));
  for (const std::size_t missing : {0U, 65'535U, 65'536U, 149'999U}) {
    std::vector<json::Value> values = operands;
    values[missing] = json::Value::integer(std::int64_t{-1});
    CHECK_FALSE(set.is_covered_by(values));
  }
}

TEST_CASE("operand set: many operands decide as few do") {
  const std::string more = ", 11, 12, 13, 14, 15, 16, 17, 18, 19";
  for (const std::string& operands : {std::string(), more}) {
    CAPTURE(operands);
    CHECK(both("{context.x: {in: [1, a, null" + operands + "]}}", R"({"x": 1.0})") == kHolds);
    CHECK(both("{context.x: {in: [1, a, null" + operands + "]}}", R"({"x": ["b", "a"]})") == kHolds);
    CHECK(both("{context.x: {in: [1, a, null" + operands + "]}}", "{}") == kHolds);
    CHECK(both("{context.x: {in: [1, a" + operands + "]}}", R"({"x": "b"})") == kFails);
    CHECK(both("{context.x: {in: [1, a" + operands + "]}}", "{}") == kFails);
    CHECK(both("{context.x: {notIn: [1, a" + operands + "]}}", "{}") == kAgainstCaller);
    CHECK(both("{context.x: {contains: [1, a" + operands + "]}}", R"({"x": ["a"]})") == kHolds);
    CHECK(both("{context.x: {contains: [1, a" + operands + "]}}", R"({"x": ["b"]})") == kFails);
    // A text contains texts only: a number among the operands cannot be decided, unless another operand decides.
    CHECK(both("{context.x: {contains: [1, a" + operands + "]}}", R"({"x": "b"})") == kAgainstCaller);
    CHECK(both("{context.x: {contains: [1, a" + operands + "]}}", R"({"x": "cab"})") == kHolds);
    CHECK(both("{context.x: {containsAll: [1, a" + operands + "]}}", R"({"x": ["a", 1]})") ==
          (operands.empty() ? kHolds : kFails));
    CHECK(both("{context.x: {containsAll: [1, a" + operands + "]}}", R"({"x": ["a", 1)" + operands + "]}") == kHolds);
    CHECK(both("{context.x: {containsAll: [1, a" + operands + "]}}", R"({"x": "cab"})") == kAgainstCaller);
    CHECK(both("{context.x: {containsAll: [1, a" + operands + "]}}", R"({"x": "b"})") == kFails);
  }
}

}  // namespace guardian::policy
