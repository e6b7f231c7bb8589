#include "support/naive/conditions.h"

#include <algorithm>
#include <array>
#include <string>

#include "support/naive/operators.h"
#include "support/naive/values.h"

namespace guardian::testing {
namespace {

using json::Value;

struct Suffix {
  std::string_view snake;
  std::string_view camel;
  std::string_view operator_name;
};

constexpr std::array<Suffix, 5> kSuffixes = {{{"_pattern", "Pattern", "matches"},
                                              {"_contains", "Contains", "contains"},
                                              {"_min", "Min", "gte"},
                                              {"_max", "Max", "lte"},
                                              {"_range", "Range", "between"}}};

// What stands beside a path in a map: operators, a list (in) or a scalar (equals).
bool path_test_holds(const Scene& scene, const Path& path, const Value& test, bool negated) {
  const Subject subject = attribute(scene, path);
  if (test.is_object()) return tests_hold(scene, subject, test, negated);
  return test_holds(scene, test.is_list() ? "in" : "equals", subject, test, negated);
}

// The map below a bare root: a test when a key is an operator, further segments of the path otherwise.
bool nested_holds(const Scene& scene, const Path& path, const Value& map, bool negated) {
  const bool is_test =
      std::ranges::any_of(map.as_object(), [](const json::Member& m) { return !operator_name(m.key).empty(); });
  if (is_test) return path_test_holds(scene, path, map, negated);
  Together entries(scene.trace, Together::Kind::All, negated);
  for (const json::Member& entry : map.as_object()) {
    Path below = path;
    for (std::string& segment : parse_path(entry.key)) below.push_back(std::move(segment));
    entries.add(entry.value.is_object() ? nested_holds(scene, below, entry.value, negated)
                                        : path_test_holds(scene, below, entry.value, negated));
  }
  return entries.holds();
}

bool shorthand_holds(const Scene& scene, const std::string& name, const Value& test, bool negated) {
  if (name == "tags") {
    return test_holds(scene, test.is_list() ? "in" : "contains", attribute(scene, {"agent", "tags"}), test, negated);
  }
  for (const Suffix& suffix : kSuffixes) {
    for (const std::string_view ending : {suffix.snake, suffix.camel}) {
      if (name.size() <= ending.size() || !name.ends_with(ending)) continue;
      const std::string subject = name.substr(0, name.size() - ending.size());
      const Path path = subject == "resource" ? Path{"resource"} : Path{"context", subject};
      return test_holds(scene, suffix.operator_name, attribute(scene, path), test, negated);
    }
  }
  return path_test_holds(scene, {"context", name}, test, negated);
}

bool members_hold(const Scene& scene, const Value& members, Together::Kind kind, bool negated) {
  Together together(scene.trace, kind, negated);
  for (const Value& member : members.as_list()) together.add(condition_holds(scene, member, negated));
  return together.holds();
}

bool entry_holds(const Scene& scene, const json::Member& entry, bool negated) {
  if (entry.key == "all") return members_hold(scene, entry.value, Together::Kind::All, negated);
  if (entry.key == "any") return members_hold(scene, entry.value, Together::Kind::Any, negated);
  if (entry.key == "not") return condition_holds(scene, entry.value, !negated);
  const Path path = parse_path(entry.key);
  if (path.size() == 1 && !is_root(path.front())) return shorthand_holds(scene, path.front(), entry.value, negated);
  if (path.size() == 1 && entry.value.is_object()) return nested_holds(scene, path, entry.value, negated);
  return path_test_holds(scene, path, entry.value, negated);
}

}  // namespace

bool condition_holds(const Scene& scene, const Value& condition, bool negated) {
  if (condition.is_text()) return expression_holds(scene, condition.as_text(), negated);
  if (condition.is_list()) return members_hold(scene, condition, Together::Kind::All, negated);
  Together entries(scene.trace, Together::Kind::All, negated);
  for (const json::Member& entry : condition.as_object()) entries.add(entry_holds(scene, entry, negated));
  return entries.holds();
}

}  // namespace guardian::testing
