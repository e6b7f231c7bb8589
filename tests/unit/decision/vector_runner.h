// Runs the cases of tests/vectors/policy: a bundle, then requests with what must be answered, or a refusal. Knows the
// format of the files and nothing of any case. One thread.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "guardian/base/result.h"
#include "guardian/json/document.h"

namespace guardian::testing {

// One file, read; `name` is its last part.
struct VectorFile {
  std::string name;
  json::Document document;

  [[nodiscard]] std::span<const json::Value> cases() const;
};

// All of <source>/tests/vectors/policy/*.yaml, by name.
[[nodiscard]] base::Result<std::vector<VectorFile>> load_vectors();

// One line for each thing that is not as the case says: from the engine, or between the engine and the oracle. Empty
// when the case passes.
[[nodiscard]] std::vector<std::string> run_case(const json::Value& vector_case);

}  // namespace guardian::testing
