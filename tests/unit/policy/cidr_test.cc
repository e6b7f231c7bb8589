#include "guardian/policy/cidr.h"

#include <doctest/doctest.h>

#include <string>

namespace guardian::policy {

namespace {

bool contains(std::string_view block, std::string_view address) {
  const auto compiled = CidrBlock::compile(block);
  REQUIRE(compiled.ok());
  const auto parsed = parse_ip_address(address);
  REQUIRE(parsed);
  return compiled->contains(*parsed);
}

}  // namespace

TEST_CASE("cidr: an address is inside a block when the bits of the prefix agree") {
  CHECK(contains("10.0.0.0/8", "10.255.0.1"));
  CHECK_FALSE(contains("10.0.0.0/8", "11.0.0.0"));
  CHECK(contains("192.168.4.0/22", "192.168.7.255"));
  CHECK_FALSE(contains("192.168.4.0/22", "192.168.8.0"));
  CHECK(contains("0.0.0.0/0", "203.0.113.9"));
  CHECK(contains("203.0.113.9/32", "203.0.113.9"));
  CHECK(contains("2001:db8::/33", "2001:db8:7fff::1"));
  CHECK_FALSE(contains("2001:db8::/33", "2001:db8:8000::1"));
  CHECK(contains("::1/128", "::1"));
}

TEST_CASE("cidr: mapped addresses compare as IPv4 on both sides") {
  CHECK(contains("10.0.0.0/8", "::ffff:10.1.2.3"));
  CHECK(contains("::ffff:10.0.0.0/104", "10.1.2.3"));
  CHECK(contains("::ffff:0:0/96", "1.2.3.4"));
  CHECK_FALSE(contains("::/0", "::ffff:10.1.2.3"));
  CHECK_FALSE(contains("::/0", "10.1.2.3"));
  CHECK_FALSE(contains("0.0.0.0/0", "2001:db8::1"));
}

TEST_CASE("cidr: blocks that are not plainly a block are refused") {
  for (const std::string block :
       {"10.0.0.1", "10.0.0.1/8", "::1/64", "fe80::1%eth0/128", "fe80::%1/64", "10.0.0.0/33", "::/129", "10.0.0.0/",
        "10.0.0.0/08", "10.0.0.0/+8", "10.0.0.0/8 ", "10.0.0/24", "010.0.0.0/8", "/8", "", "::ffff:0:0/90"}) {
    CAPTURE(block);
    CHECK_FALSE(CidrBlock::compile(block).ok());
  }
}

TEST_CASE("cidr: text that is no strict address is none") {
  for (const std::string text : {"", "10.0.0", "10.0.0.256", "10.0.0.01", "0x0a.0.0.1", "10.0.0.1/32", " 10.0.0.1",
                                 "fe80::1%eth0", "::1::", "1:2:3:4:5:6:7:8:9"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_ip_address(text));
  }
  CHECK_FALSE(parse_ip_address(std::string_view("10.0.0.1\0", 9)));
  CHECK_FALSE(parse_ip_address(std::string(4000, '1')));
}

}  // namespace guardian::policy
