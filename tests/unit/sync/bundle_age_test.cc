#include "guardian/sync/bundle_age.h"

#include <doctest/doctest.h>

#include "tests/support/fake_clock.h"

using guardian::sync::BundleAge;
using std::chrono::hours;

TEST_CASE("bundle age: counts from the confirmation, wherever the wall clock is moved") {
  guardian::test::FakeClock clock;
  BundleAge age(clock);
  CHECK_FALSE(age.confirmed());
  age.confirm();
  clock.set("2020-01-01T00:00:00Z");
  clock.advance(hours(3));
  CHECK(age.confirmed());
  CHECK(age.age() == hours(3));
  age.confirm();
  CHECK(age.age() == hours(0));
}

TEST_CASE("bundle age: one that the cache remembers goes on from there, and is never negative") {
  guardian::test::FakeClock clock;
  BundleAge age(clock);
  age.set(hours(5), true);
  clock.advance(hours(1));
  CHECK(age.age() == hours(6));
  age.set(-hours(5), false);
  CHECK(age.age() == hours(0));
  CHECK_FALSE(age.confirmed());
}
