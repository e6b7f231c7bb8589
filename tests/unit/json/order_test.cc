#include "guardian/json/order.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "read.h"
#include "support/growth.h"

namespace guardian::json {

namespace {

// Members `k0` to `k<count - 1>`, forwards or backwards.
std::string object_of(std::size_t count, bool backwards) {
  std::string text = "{";
  for (std::size_t i = 0; i < count; ++i) {
    const std::string number = std::to_string(backwards ? count - 1 - i : i);
    text += (i == 0 ? "\"k" : ",\"k") + number + "\":" + number;
  }
  return text + "}";
}

}  // namespace

TEST_CASE("order: agrees with equal and is a total order") {
  const Document document =
      read(R"([null, false, true, -1, 0, -0.0, 1, 1.0, 1e2, "", "a", "b", "ab", [], [1], [1.0], [2],
      [1, 2], [2, 1], {}, {"a": 1}, {"a": 2}, {"b": 1}, {"a": 1, "b": 2}, {"b": 2, "a": 1}, {"a": {"c": [null]}},
      {"a": {"c": [false]}}])");
  const auto values = document.root().as_list();
  for (const Value& a : values) {
    for (const Value& b : values) {
      CHECK(std::is_eq(order(a, b)) == equal(a, b));
      CHECK(std::is_lt(order(a, b)) == std::is_gt(order(b, a)));
      for (const Value& c : values) {
        if (std::is_lt(order(a, b)) && std::is_lteq(order(b, c))) CHECK(std::is_lt(order(a, c)));
      }
    }
  }
}

TEST_CASE("order: large objects compare whatever the order of their members") {
  const Document forwards = read(object_of(100, false));
  const Document backwards = read(object_of(100, true));
  const Document without_index = read(object_of(100, true));
  const Value plain = Value::object(without_index.root().as_object());
  CHECK(std::is_eq(order(forwards.root(), backwards.root())));
  CHECK(std::is_eq(order(forwards.root(), plain)));
  CHECK(equal(forwards.root(), backwards.root()));
  CHECK(equal(forwards.root(), plain));
  CHECK(equal(plain, forwards.root()));
  const Document larger = read(object_of(101, false));
  CHECK(std::is_neq(order(forwards.root(), larger.root())));
  CHECK_FALSE(equal(forwards.root(), larger.root()));
}

TEST_CASE("value: find gives every member of a large object, and no other") {
  const Document document = read(object_of(1000, true));
  for (int i = 0; i < 1000; ++i) {
    const Value* const found = document.root().find("k" + std::to_string(i));
    REQUIRE(found != nullptr);
    CHECK(found->as_number() == i);
  }
  CHECK(document.root().find("k1000") == nullptr);
  CHECK(document.root().find("") == nullptr);
  CHECK(document.root().key_order().size() == 1000);
}

TEST_CASE("equal: objects of twice the members cost about twice as much") {
  std::vector<Document> forwards;
  std::vector<Document> backwards;
  for (const std::size_t members : {4'000U, 8'000U}) {
    forwards.push_back(read(object_of(members, false)));
    backwards.push_back(read(object_of(members, true)));
  }
  const auto compare = [&](std::size_t step) {
    bool same = true;
    for (int i = 0; i < 10; ++i) same = same && equal(forwards[step].root(), backwards[step].root());
    CHECK(same);
  };
  CHECK(support::grows_at_most(2.8, compare));
}

TEST_CASE("value: looking up a member does not get dearer with their number as a walk would") {
  std::vector<Document> objects;
  for (const std::size_t members : {4'000U, 8'000U}) objects.push_back(read(object_of(members, false)));
  const auto look_up = [&](std::size_t step) {
    std::size_t found = 0;
    for (int i = 0; i < 2'000; ++i) found += objects[step].root().find("missing") == nullptr ? 0U : 1U;
    CHECK(found == 0);
  };
  CHECK(support::grows_at_most(1.7, look_up));
}

}  // namespace guardian::json
