#include "guardian/policy/shape.h"

#include <cmath>

#include "guardian/policy/rule_parser.h"

namespace guardian::policy {

namespace {

constexpr std::size_t kMaxDepth = 32;

// Where the walk stands, to know the one member that may be an empty map: a rule's `conditions`.
enum class Part { Document, Rules, Rule, Conditions, Other };

Part below(Part part, std::string_view key) noexcept {
  if (part == Part::Document && key == "spec") return Part::Document;
  if (part == Part::Document && key == "rules") return Part::Rules;
  if (part == Part::Rule && key == "conditions") return Part::Conditions;
  return Part::Other;
}

class ShapeCheck {
 public:
  explicit ShapeCheck(Place& place) noexcept : place_(place) {}

  [[nodiscard]] base::Status check(const Scope& scope, const json::Value& value, Part part) {
    switch (value.kind()) {
      case json::Kind::Null:
      case json::Kind::Boolean:
      case json::Kind::Text:
        return {};
      case json::Kind::Number:
        if (!std::isfinite(value.as_number())) return scope.refuse(value, "the number is not finite");
        if (value.is_beyond_exact()) return scope.refuse(value, "the integer is beyond 2^53");
        return {};
      case json::Kind::List:
        return check_list(scope, value, part);
      case json::Kind::Object:
        return check_map(scope, value, part);
    }
    return {};
  }

 private:
  base::Status check_list(const Scope& scope, const json::Value& list, Part part) {
    if (list.as_list().empty()) return scope.refuse(list, "the list is empty");
    if (++depth_ > kMaxDepth) return scope.refuse(list, "nested deeper than 32");
    std::size_t index = 0;
    for (const auto& item : list.as_list()) {
      const Scope here = scope.item(index++);
      if (item.is_list()) return here.refuse(item, "a list directly inside a list");
      GUARDIAN_TRY(part == Part::Rules ? check_rule(item, index) : check(here, item, Part::Other));
    }
    --depth_;
    return {};
  }

  base::Status check_map(const Scope& scope, const json::Value& map, Part part) {
    if (map.as_object().empty() && part != Part::Conditions) return scope.refuse(map, "the map is empty");
    if (++depth_ > kMaxDepth) return scope.refuse(map, "nested deeper than 32");
    for (const auto& member : map.as_object()) {
      GUARDIAN_TRY(check(scope.member(member.key), member.value, below(part, member.key)));
    }
    --depth_;
    return {};
  }

  // Errors inside a rule name it, and their path begins there.
  base::Status check_rule(const json::Value& rule, std::size_t number) {
    place_.enter_rule(label_of_rule(rule, number));
    GUARDIAN_TRY(check(Scope(place_), rule, Part::Rule));
    place_.leave_rule();
    return {};
  }

  Place& place_;
  std::size_t depth_ = 0;
};

}  // namespace

base::Status check_shape(Place& place, const json::Value& document) {
  return ShapeCheck(place).check(Scope(place), document, Part::Document);
}

}  // namespace guardian::policy
