#include "guardian/policy/expression.h"

#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "guardian/policy/lexer.h"
#include "guardian/policy/operand.h"
#include "guardian/policy/place.h"

namespace guardian::policy {

namespace {

struct Comparison {
  std::string_view written;  // symbol, or word in lower case
  Operator op;
  bool negated;
  bool may_follow_not;
};

constexpr std::array kComparisons{
    Comparison{"==", Operator::Equals, false, false},
    Comparison{"!=", Operator::Equals, true, false},
    Comparison{"<", Operator::Lt, false, false},
    Comparison{"<=", Operator::Lte, false, false},
    Comparison{">", Operator::Gt, false, false},
    Comparison{">=", Operator::Gte, false, false},
    Comparison{"in", Operator::In, false, true},
    Comparison{"matches", Operator::Matches, false, true},
    Comparison{"path_matches", Operator::PathMatches, false, true},
    Comparison{"regex", Operator::Regex, false, false},
    Comparison{"contains", Operator::Contains, false, false},
    Comparison{"contains_all", Operator::ContainsAll, false, false},
    Comparison{"starts_with", Operator::StartsWith, false, false},
    Comparison{"ends_with", Operator::EndsWith, false, false},
    Comparison{"cidr", Operator::Cidr, false, false},
    Comparison{"between", Operator::Between, false, false},
};

// Recursive descent; only parentheses and NOT recurse, and depth_ caps them. Negations are carried down as a flag.
class Parser {
 public:
  Parser(std::string_view text, ConditionStore& store) noexcept : lexer_(text), store_(store) {}

  base::Result<Condition> parse(bool negated) {
    GUARDIAN_TRY(advance());
    GUARDIAN_ASSIGN(auto condition, disjunction(negated));
    if (token_.kind != TokenKind::End) return unexpected("the end");
    return condition;
  }

 private:
  [[nodiscard]] bool is_word(std::string_view word) const noexcept {
    return token_.kind == TokenKind::Word && token_.word == word;
  }
  [[nodiscard]] bool is_symbol(std::string_view symbol) const noexcept {
    return token_.kind == TokenKind::Symbol && token_.written == symbol;
  }

  base::Status advance() {
    GUARDIAN_ASSIGN(token_, lexer_.next());
    return {};
  }

  base::Error unexpected(std::string_view wanted) const {
    const std::string found = token_.kind == TokenKind::End ? "the end" : quoted(token_.written);
    return lexer_.refuse(token_.offset, "expected " + std::string(wanted) + ", found " + found);
  }

  base::Result<Condition> disjunction(bool negated) {
    Condition result(negated ? Condition::Kind::All : Condition::Kind::Any);
    while (true) {
      GUARDIAN_ASSIGN(auto child, conjunction(negated));
      result.children.push_back(std::move(child));
      if (!is_word("or") && !is_symbol("||")) break;
      GUARDIAN_TRY(advance());
    }
    return only_child_or_itself(std::move(result));
  }

  base::Result<Condition> conjunction(bool negated) {
    Condition result(negated ? Condition::Kind::Any : Condition::Kind::All);
    while (true) {
      GUARDIAN_ASSIGN(auto child, negation(negated));
      result.children.push_back(std::move(child));
      if (!is_word("and") && !is_symbol("&&")) break;
      GUARDIAN_TRY(advance());
    }
    return only_child_or_itself(std::move(result));
  }

  static Condition only_child_or_itself(Condition condition) {
    if (condition.children.size() != 1) return condition;
    Condition child = std::move(condition.children.front());
    return child;
  }

  base::Result<Condition> negation(bool negated) {
    std::size_t levels = 0;
    while (is_word("not") || is_symbol("!")) {
      GUARDIAN_TRY(enter());
      ++levels;
      negated = !negated;
      GUARDIAN_TRY(advance());
    }
    GUARDIAN_ASSIGN(auto condition, primary(negated));
    depth_ -= levels;
    return condition;
  }

  base::Result<Condition> primary(bool negated) {
    if (!is_symbol("(")) return comparison(negated);
    GUARDIAN_TRY(enter());
    GUARDIAN_TRY(advance());
    GUARDIAN_ASSIGN(auto condition, disjunction(negated));
    if (!is_symbol(")")) return unexpected("`)`");
    GUARDIAN_TRY(advance());
    --depth_;
    return condition;
  }

  base::Status enter() {
    if (++depth_ > kMaxExpressionDepth) {
      return lexer_.refuse(token_.offset, "more than 64 levels of parentheses and NOT");
    }
    return {};
  }

  base::Result<Condition> comparison(bool negated) {
    if (token_.kind != TokenKind::Path) return unexpected("an attribute");
    const std::size_t start = token_.offset;
    auto attribute = make_attribute(token_.path);
    if (!attribute.ok()) return lexer_.refuse(start, attribute.error().message());
    GUARDIAN_TRY(advance());
    if (is_word("exists")) {
      GUARDIAN_TRY(advance());
      return test(*attribute, {Operator::Exists, false}, json::Value::boolean(true), start, negated);
    }
    const bool not_before = is_word("not") || is_symbol("!");
    if (not_before) GUARDIAN_TRY(advance());
    const auto* found = find_comparison();
    if (not_before && (found == nullptr || !found->may_follow_not)) {
      return unexpected("`IN`, `MATCHES` or `PATH_MATCHES` after `NOT`");
    }
    if (found == nullptr) {
      return test(*attribute, {Operator::Equals, false}, json::Value::boolean(true), start, negated);
    }
    GUARDIAN_TRY(advance());
    const std::size_t operand_start = token_.offset;
    GUARDIAN_ASSIGN(auto operand_value, operand());
    return test(*attribute, {found->op, found->negated != not_before}, operand_value, operand_start, negated);
  }

  [[nodiscard]] const Comparison* find_comparison() const noexcept {
    for (const auto& comparison : kComparisons) {
      if (is_symbol(comparison.written) || is_word(comparison.written)) return &comparison;
    }
    return nullptr;
  }

  base::Result<Condition> test(const Attribute& attribute, WrittenOperator written, const json::Value& operand,
                               std::size_t offset, bool negated) {
    auto compiled = compile_test(attribute, written, operand, negated, store_);
    if (!compiled.ok()) return lexer_.refuse(offset, compiled.error().message());
    return Condition(std::move(compiled).value());
  }

  base::Result<json::Value> operand() {
    if (!is_symbol("[")) return literal();
    GUARDIAN_TRY(advance());
    if (is_symbol("]")) return lexer_.refuse(token_.offset, "the list is empty");
    std::vector<json::Value> items;
    while (true) {
      GUARDIAN_ASSIGN(auto item, literal());
      items.push_back(item);
      if (!is_symbol(",")) break;
      GUARDIAN_TRY(advance());
    }
    if (!is_symbol("]")) return unexpected("`,` or `]`");
    GUARDIAN_TRY(advance());
    return store_.document().add_list(items);
  }

  base::Result<json::Value> literal() {
    std::optional<json::Value> value;
    if (token_.kind == TokenKind::Text) value = store_.document().add_text(token_.text);
    if (token_.kind == TokenKind::Number) value = token_.number;
    if (is_word("true") || is_word("false")) value = json::Value::boolean(is_word("true"));
    if (is_word("null")) value = json::Value();
    if (!value) return unexpected("a number, text, `true`, `false` or `null`");
    if (const auto room = store_.take(1); !room.ok()) return lexer_.refuse(token_.offset, room.error().message());
    GUARDIAN_TRY(advance());
    return *value;
  }

  Lexer lexer_;
  ConditionStore& store_;
  Token token_;
  std::size_t depth_ = 0;
};

}  // namespace

base::Result<Condition> compile_expression(std::string_view text, bool negated, ConditionStore& store) {
  if (text.size() > kMaxExpressionBytes) {
    return base::Error(base::ErrorCode::PolicyInvalid, "the expression is longer than 4096 bytes");
  }
  return Parser(text, store).parse(negated);
}

}  // namespace guardian::policy
