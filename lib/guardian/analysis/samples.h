// Values that stand for all others: enough of each kind that any value of the kind comes out as one of them in every
// test that compares with constants. Tests of texts by pattern need more than samples; see text_claims.h.
#pragma once

#include <span>
#include <vector>

#include "guardian/analysis/claim.h"
#include "guardian/analysis/domain.h"
#include "guardian/json/document.h"

namespace guardian::analysis {

// The values live in the document, or in the tests and the domain.
class Samples {
 public:
  Samples(std::span<const Claim> claims, const Domain& domain);

  [[nodiscard]] std::vector<json::Value> booleans() const;
  [[nodiscard]] std::vector<json::Value> numbers() const;
  [[nodiscard]] std::vector<json::Value> texts();
  [[nodiscard]] std::vector<json::Value> lists();
  [[nodiscard]] std::vector<json::Value> objects();

 private:
  void add_operand(const json::Value& operand);
  [[nodiscard]] std::vector<json::Value> instants();

  std::span<const Claim> claims_;
  const Domain& domain_;
  std::vector<json::Value> constants_;  // of all operands, lists taken apart one level, and the lists themselves
  json::Document made_;
};

}  // namespace guardian::analysis
