#include "guardian/net/query.h"

#include <doctest/doctest.h>

namespace guardian::net {

TEST_CASE("query: names and values are decoded") {
  const auto query = Query::parse("a=1&b=two+words%21&c=&d&&e=x=y&%66=z");
  REQUIRE(query.ok());
  CHECK(query->find("a") == "1");
  CHECK(query->find("b") == "two words!");
  CHECK(query->find("c") == "");
  CHECK(query->find("d") == "");
  CHECK(query->find("e") == "x=y");
  CHECK(query->find("f") == "z");
  CHECK_FALSE(query->find("g").has_value());
  CHECK(Query::parse("").ok());
}

TEST_CASE("query: what is not encoded rightly, or given twice, is refused") {
  for (const char* bad : {"a=%", "a=%4", "a=%4g", "a=1&a=2", "%=1", "a=1&%61=2"}) {
    CAPTURE(bad);
    CHECK_FALSE(Query::parse(bad).ok());
  }
  CHECK(Query::parse("a=%41").ok());
}

}  // namespace guardian::net
