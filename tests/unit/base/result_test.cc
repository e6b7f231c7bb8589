#include "guardian/base/result.h"

#include <doctest/doctest.h>

#include <memory>
#include <set>

using namespace guardian::base;

namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return Error(ErrorCode::InvalidInput, "odd");
  return number / 2;
}

Result<int> quarter(int number) {
  GUARDIAN_ASSIGN(const int once, half(number));
  GUARDIAN_ASSIGN(const int twice, half(once));
  return twice;
}

Status check_quarter(int number) {
  GUARDIAN_TRY(quarter(number));
  return {};
}

}  // namespace

TEST_CASE("result: a value passes through the macros and an error returns to the caller") {
  CHECK(*quarter(8) == 2);
  CHECK(quarter(6).error().code() == ErrorCode::InvalidInput);
  CHECK(check_quarter(8).ok());
  CHECK_FALSE(check_quarter(6).ok());
}

TEST_CASE("result: a value that can only be moved is moved out") {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(7));
  const std::unique_ptr<int> taken = std::move(result).value();
  CHECK(*taken == 7);
}

TEST_CASE("error: context is added in front, wide to narrow") {
  const Error error = Error(ErrorCode::Malformed, "line 3").within("policy `p`").within("bundle");
  CHECK(error.message() == "bundle: policy `p`: line 3");
  CHECK(error.code() == ErrorCode::Malformed);
}

TEST_CASE("error: every code has a name of its own") {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(ErrorCode::Expired); ++i) names.insert(to_string(static_cast<ErrorCode>(i)));
  CHECK(names.size() == static_cast<std::size_t>(ErrorCode::Expired) + 1);
}
