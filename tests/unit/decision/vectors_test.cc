#include <doctest/doctest.h>

#include <set>
#include <string>

#include "vector_runner.h"

using namespace guardian;

namespace {

constexpr std::size_t kFewestCases = 2'000;

std::string_view name_of(const json::Value& vector_case) { return vector_case.find("name")->as_text(); }

}  // namespace

TEST_CASE("decide: every case of the policy vectors is answered as it says, and as the oracle answers it") {
  const auto files = testing::load_vectors();
  REQUIRE_MESSAGE(files.ok(), (files.ok() ? std::string() : files.error().message()));
  for (const testing::VectorFile& file : files.value()) {
    for (const json::Value& vector_case : file.cases()) {
      for (const std::string& fault : testing::run_case(vector_case)) {
        FAIL_CHECK(file.name << ": " << name_of(vector_case) << ": " << fault);
      }
    }
  }
}

TEST_CASE("naive decide: the oracle alone answers every case of the policy vectors as it says") {
  const auto files = testing::load_vectors();
  REQUIRE(files.ok());
  for (const testing::VectorFile& file : files.value()) {
    for (const json::Value& vector_case : file.cases()) {
      for (const std::string& fault : testing::run_case_by_oracle(vector_case)) {
        FAIL_CHECK(file.name << ": " << name_of(vector_case) << ": " << fault);
      }
    }
  }
}

TEST_CASE("policy vectors: there are thousands of cases and each has a name and a clause of its own") {
  const auto files = testing::load_vectors();
  REQUIRE(files.ok());
  std::set<std::string_view> names;
  std::size_t count = 0;
  for (const testing::VectorFile& file : files.value()) {
    for (const json::Value& vector_case : file.cases()) {
      ++count;
      CHECK_MESSAGE(names.insert(name_of(vector_case)).second, file.name, ": ", name_of(vector_case), ": twice");
      CHECK_MESSAGE(vector_case.find("clause") != nullptr, file.name, ": ", name_of(vector_case));
    }
  }
  CHECK(count >= kFewestCases);
}
