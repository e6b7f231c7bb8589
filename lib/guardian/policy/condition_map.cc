#include "guardian/policy/condition_map.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "guardian/policy/expression.h"
#include "guardian/policy/operand.h"
#include "guardian/policy/shorthand.h"
#include "guardian/policy/spelling.h"

namespace guardian::policy {

namespace {

using json::Member;
using json::Value;

// Which entries a map has had so far, so that one attribute cannot be written in two ways side by side. Entries of the
// maps below a bare root count with the entries beside that root; those are told apart by the root that they stand
// under.
class Written {
 public:
  [[nodiscard]] base::Status add(const Scope& scope, const Member& member, std::string meaning,
                                 std::string_view root = {}) {
    std::string words = quoted(member.key);
    if (!root.empty()) words += " below " + quoted(root);
    const auto [twin, added] = words_.try_emplace(std::move(meaning), words);
    if (added) return {};
    return scope.refuse(member.key_offset, words + " beside " + twin->second + ": two names of one thing");
  }

 private:
  std::unordered_map<std::string, std::string> words_;  // by what they mean
};

bool has_operator(const Value& map) noexcept {
  return std::ranges::any_of(map.as_object(), [](const Member& m) { return find_operator(m.key).has_value(); });
}

// All of the condition came from there.
Condition read_from(std::uint32_t offset, Condition condition) noexcept {
  condition.offset = offset;
  for (auto& child : condition.children) child = read_from(offset, std::move(child));
  return condition;
}

// Whether each member of the operand list can be judged by itself.
bool members_stand_alone(Operator op) noexcept {
  constexpr std::array kOperators{Operator::Matches,    Operator::PathMatches, Operator::Regex,  Operator::Cidr,
                                  Operator::StartsWith, Operator::EndsWith,    Operator::Between};
  return std::ranges::find(kOperators, op) != kOperators.end();
}

class Compiler {
 public:
  explicit Compiler(ConditionStore& store) noexcept : store_(store) {}

  base::Result<Condition> rule_conditions(const Scope& scope, const Value& written) {
    if (written.is_list()) return list(scope, written, Condition::Kind::All, false);
    if (written.is_object()) return map(scope, written, false, names_rate_limit);
    return condition(scope, written, false);
  }

 private:
  static Condition::Kind kind(Condition::Kind plain, bool negated) noexcept {
    if (!negated) return plain;
    return plain == Condition::Kind::All ? Condition::Kind::Any : Condition::Kind::All;
  }

  base::Result<Condition> condition(const Scope& scope, const Value& written, bool negated) {
    if (written.is_object()) return map(scope, written, negated);
    if (!written.is_text()) return scope.refuse(written, "a condition is a map, a list of conditions, or text");
    auto compiled = compile_expression(written.as_text(), negated, store_);
    if (!compiled.ok()) return scope.refuse(written.offset(), compiled.error());
    return read_from(written.offset(), std::move(compiled).value());
  }

  base::Result<Condition> list(const Scope& scope, const Value& written, Condition::Kind plain, bool negated) {
    if (!written.is_list()) return scope.refuse(written, "must be a list of conditions");
    Condition result(kind(plain, negated));
    result.offset = written.offset();
    std::size_t index = 0;
    for (const auto& item : written.as_list()) {
      GUARDIAN_ASSIGN(auto child, condition(scope.item(index++), item, negated));
      result.children.push_back(std::move(child));
    }
    return result;
  }

  using KeyTest = bool (*)(std::string_view) noexcept;

  base::Result<Condition> map(const Scope& scope, const Value& written, bool negated, KeyTest is_left_out = nullptr) {
    Condition result(kind(Condition::Kind::All, negated));
    result.offset = written.offset();
    Written names;
    for (const auto& member : written.as_object()) {
      if (is_left_out != nullptr && is_left_out(member.key)) continue;
      GUARDIAN_ASSIGN(auto child, entry(scope.member(member.key), member, names, negated));
      result.children.push_back(std::move(child));
    }
    return result;
  }

  base::Result<Condition> entry(const Scope& scope, const Member& member, Written& names, bool negated) {
    if (member.key == "all") return list(scope, member.value, Condition::Kind::All, negated);
    if (member.key == "any") return list(scope, member.value, Condition::Kind::Any, negated);
    if (member.key == "not") {
      if (member.value.is_list()) return list(scope, member.value, Condition::Kind::All, !negated);
      return condition(scope, member.value, !negated);
    }
    auto segments = parse_path(member.key);
    if (!segments.ok()) return scope.refuse(member.key_offset, segments.error());
    const bool single = segments->size() == 1;
    if (single && is_root(segments->front()) && member.value.is_object() && !has_operator(member.value)) {
      const std::string& root = segments->front();
      GUARDIAN_TRY(names.add(scope, member, root == "request" ? "context" : root));
      return below(scope, *segments, member.value, names, negated);
    }
    if (single && !is_root(segments->front())) return shorthand(scope, member, names, negated);
    auto attribute = make_attribute(*segments);
    if (!attribute.ok()) return scope.refuse(member.key_offset, attribute.error());
    GUARDIAN_TRY(names.add(scope, member, attribute->path));
    return attribute_value(scope, *attribute, member.value, negated);
  }

  base::Result<Condition> shorthand(const Scope& scope, const Member& member, Written& names, bool negated) {
    auto found = read_shorthand(member.key, member.value);
    if (!found.ok()) return scope.refuse(member.key_offset, found.error());
    const Attribute& attribute = found->attribute;
    if (!found->op) {
      GUARDIAN_TRY(names.add(scope, member, attribute.path));
      return attribute_value(scope, attribute, member.value, negated);
    }
    std::string meaning = attribute.path;
    if (found->names_operator) meaning.append(" ").append(operator_name(*found->op, false));
    GUARDIAN_TRY(names.add(scope, member, std::move(meaning)));
    return test(scope, attribute, {*found->op, false}, member.value, negated);
  }

  // The maps below a bare root: further segments, until a map with operators or a plain value. `attributes` are those
  // tested by the map that the root stands in.
  base::Result<Condition> below(const Scope& scope, const PathSegments& above, const Value& written,
                                Written& attributes, bool negated) {
    Condition result(kind(Condition::Kind::All, negated));
    result.offset = written.offset();
    Written names;
    for (const auto& member : written.as_object()) {
      GUARDIAN_ASSIGN(auto child, entry_below(scope.member(member.key), above, member, {names, attributes}, negated));
      result.children.push_back(std::move(child));
    }
    return result;
  }

  struct WrittenBelow {
    Written& names;       // in this map, whether they hold a test or a further map
    Written& attributes;  // that have a test, here or beside the root
  };

  base::Result<Condition> entry_below(const Scope& scope, const PathSegments& above, const Member& member,
                                      const WrittenBelow& written, bool negated) {
    auto segments = parse_path(member.key, true);
    if (!segments.ok()) return scope.refuse(member.key_offset, segments.error());
    PathSegments path = above;
    path.insert(path.end(), segments->begin(), segments->end());
    auto attribute = make_attribute(path);
    if (!attribute.ok()) return scope.refuse(member.key_offset, attribute.error());
    GUARDIAN_TRY(written.names.add(scope, member, attribute->path));
    const bool names_segments = segments->size() == 1 && member.value.is_object() && !has_operator(member.value);
    if (names_segments) return below(scope, path, member.value, written.attributes, negated);
    GUARDIAN_TRY(written.attributes.add(scope, member, attribute->path, above.front()));
    return attribute_value(scope, *attribute, member.value, negated);
  }

  base::Result<Condition> attribute_value(const Scope& scope, const Attribute& attribute, const Value& value,
                                          bool negated) {
    if (value.is_object()) return operators(scope, attribute, value, negated);
    return test(scope, attribute, {value.is_list() ? Operator::In : Operator::Equals, false}, value, negated);
  }

  base::Result<Condition> operators(const Scope& scope, const Attribute& attribute, const Value& written,
                                    bool negated) {
    if (!written.is_object()) return scope.refuse(written, "must be a map of operators");
    Condition result(kind(Condition::Kind::All, negated));
    result.offset = written.offset();
    Written names;
    for (const auto& member : written.as_object()) {
      const auto found = find_operator(member.key);
      if (!found) {
        return scope.refuse(member.key_offset,
                            "unknown operator " + quoted(member.key) + did_you_mean_operator(member.key));
      }
      GUARDIAN_TRY(names.add(scope, member, std::string(operator_name(found->op, found->negated))));
      GUARDIAN_ASSIGN(auto child, test(scope.member(member.key), attribute, *found, member.value, negated));
      result.children.push_back(std::move(child));
    }
    return result;
  }

  base::Result<Condition> test(const Scope& scope, const Attribute& attribute, WrittenOperator written,
                               const Value& operand, bool negated) {
    if (written.op == Operator::Some || written.op == Operator::Every) {
      return quantifier(scope, attribute, written.op, operand, negated);
    }
    GUARDIAN_ASSIGN(const auto stored, store(scope, operand));
    auto compiled = compile_test(attribute, written, stored, negated, store_);
    if (!compiled.ok()) return refuse_operand(scope, attribute, written, operand, compiled.error());
    return read_from(operand.offset(), Condition(std::move(compiled).value()));
  }

  // At the member of a list that is wrong by itself, where there is one.
  base::Error refuse_operand(const Scope& scope, const Attribute& attribute, WrittenOperator written,
                             const Value& operand, const base::Error& error) {
    if (!operand.is_list() || !members_stand_alone(written.op)) return scope.refuse(operand.offset(), error);
    if (written.op == Operator::Between) written.op = Operator::Lte;
    std::size_t index = 0;
    for (const auto& item : operand.as_list()) {
      const auto alone = compile_test(attribute, written, item, false, store_);
      if (!alone.ok()) return scope.item(index).refuse(item.offset(), alone.error());
      ++index;
    }
    return scope.refuse(operand.offset(), error);
  }

  base::Result<Condition> quantifier(const Scope& scope, const Attribute& attribute, Operator op, const Value& operand,
                                     bool negated) {
    Test result;
    result.attribute = attribute;
    result.op = op;
    result.negated = negated;
    GUARDIAN_ASSIGN(result.operand, store(scope, operand));
    if (const auto room = store_.take(parts_of(attribute)); !room.ok()) {
      return scope.refuse(operand.offset(), room.error());
    }
    const bool outermost = !std::exchange(inside_stored_, true);
    GUARDIAN_ASSIGN(auto nested, operators(scope, attribute, result.operand, negated));
    if (outermost) inside_stored_ = false;
    result.compiled = std::move(nested);
    return read_from(operand.offset(), Condition(std::move(result)));
  }

  // The operands below a quantifier are part of its own, which is stored already.
  base::Result<Value> store(const Scope& scope, const Value& operand) {
    if (inside_stored_) return operand;
    auto stored = store_.add_operand(operand);
    if (!stored.ok()) return scope.refuse(operand.offset(), stored.error());
    return stored;
  }

  ConditionStore& store_;
  bool inside_stored_ = false;
};

}  // namespace

bool names_rate_limit(std::string_view key) noexcept { return is_spelling(key, "rateLimit"); }

base::Result<Condition> compile_conditions(const Scope& scope, const Value& written, ConditionStore& store) {
  return Compiler(store).rule_conditions(scope, written);
}

}  // namespace guardian::policy
