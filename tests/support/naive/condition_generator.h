// Random conditions in map, list and text form, all of them valid. One thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/json/document.h"
#include "guardian/json/writer.h"
#include "support/naive/random.h"
#include "support/naive/vocabulary.h"

namespace guardian::testing {

// An operator with an operand that it takes.
struct GeneratedTest {
  std::string_view name;  // camelCase
  json::Value operand;
};

// A test that suits values of the kind, now and then one that does not. `for_text`: one that a text expression can
// say. Values live in `memory`.
[[nodiscard]] GeneratedTest make_test(ValueKind kind, bool for_text, std::size_t depth, Random& random,
                                      json::Document& memory);

// A text expression.
[[nodiscard]] std::string make_expression(Random& random, json::Document& memory);

// What a policy or a rule may have as its rate limit: a map or a text. Low, so that it binds within few requests.
[[nodiscard]] json::Value make_limit(Random& random, json::Document& memory);

// The name itself or its snake_case spelling.
[[nodiscard]] std::string any_spelling(std::string_view camel, Random& random);
[[nodiscard]] std::string_view any_way(const Attribute& attribute, Random& random);

class ConditionGenerator {
 public:
  ConditionGenerator(Random& random, json::Writer& out) : random_(random), out_(out) {}

  // One value: a map, a list or a text.
  void write();
  // A map that has the rule's rate limit among its entries.
  void write_with_limit();

 private:
  void write_condition(std::size_t depth);
  void write_map(std::size_t depth);
  void write_members(std::size_t depth);
  void write_list_members(std::size_t depth);
  // False when the attribute already stands in this map.
  bool write_attribute(std::vector<std::string_view>& used, std::vector<std::string_view>& used_roots);
  bool write_nested(const Attribute& attribute, std::vector<std::string_view>& used_roots);
  bool write_suffixed(const Attribute& attribute);
  void write_test(ValueKind kind);

  Random& random_;
  json::Writer& out_;
  json::Document memory_;
};

}  // namespace guardian::testing
