#include "guardian/policy/condition_text.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "guardian/base/check.h"
#include "guardian/json/writer.h"
#include "guardian/policy/operator.h"

namespace guardian::policy {

namespace {

using json::Value;

// Text with what binds loosest in it, so that it is put in parentheses where it must be and nowhere else.
struct Piece {
  std::string text;
  Condition::Kind loosest = Condition::Kind::Test;
};

std::string quoted_literal(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\\' || c == '\'') out += '\\';
    if (c == '\n' || c == '\t') {
      out += c == '\n' ? "\\n" : "\\t";
    } else {
      out += c;
    }
  }
  return out + "'";
}

bool is_plain_key(std::string_view key) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
  };
  return !key.empty() && std::ranges::all_of(key, plain);
}

std::string literal(const Value& value) {
  if (value.is_text()) return quoted_literal(value.as_text());
  if (!value.is_list() && !value.is_object()) return json::write(value);
  std::string out;
  if (value.is_list()) {
    for (const Value& item : value.as_list()) out += (out.empty() ? "" : ", ") + literal(item);
    return "[" + out + "]";
  }
  for (const json::Member& member : value.as_object()) {
    out += out.empty() ? "" : ", ";
    out += is_plain_key(member.key) ? std::string(member.key) : quoted_literal(member.key);
    out += ": " + literal(member.value);
  }
  return "{" + out + "}";
}

// True for an operand that the expression language can write.
bool is_expressible(const Value& operand) {
  const auto is_nested = [](const Value& value) { return value.is_list() || value.is_object(); };
  return operand.is_list() ? std::ranges::none_of(operand.as_list(), is_nested) : !operand.is_object();
}

struct Words {
  std::string_view plain;
  std::string_view negated;  // empty where only NOT (...) negates
};

// nullopt for operators that only maps have.
std::optional<Words> words_of(Operator op) {
  switch (op) {
    case Operator::Equals:
      return Words{"==", "!="};
    case Operator::In:
      return Words{"IN", "NOT IN"};
    case Operator::Lt:
      return Words{"<", ""};
    case Operator::Lte:
      return Words{"<=", ""};
    case Operator::Gt:
      return Words{">", ""};
    case Operator::Gte:
      return Words{">=", ""};
    case Operator::Between:
      return Words{"BETWEEN", ""};
    case Operator::Matches:
      return Words{"MATCHES", "NOT MATCHES"};
    case Operator::PathMatches:
      return Words{"PATH_MATCHES", "NOT PATH_MATCHES"};
    case Operator::Regex:
      return Words{"REGEX", ""};
    case Operator::StartsWith:
      return Words{"STARTS_WITH", ""};
    case Operator::EndsWith:
      return Words{"ENDS_WITH", ""};
    case Operator::Contains:
      return Words{"CONTAINS", ""};
    case Operator::ContainsAll:
      return Words{"CONTAINS_ALL", ""};
    case Operator::Cidr:
      return Words{"CIDR", ""};
    case Operator::Some:
    case Operator::Every:
      return std::nullopt;
    case Operator::Exists:
      break;
  }
  GUARDIAN_ASSERT(false);
}

std::string negated_text(std::string_view text) { return "NOT (" + std::string(text) + ")"; }

std::string text_of(const Test& test) {
  const std::string& path = test.attribute.path;
  if (test.op == Operator::Exists) {
    const std::string exists = path + " EXISTS";
    return test.operand.as_boolean() != test.negated ? exists : negated_text(exists);
  }
  const auto words = words_of(test.op);
  if (!words || !is_expressible(test.operand)) {
    const std::string map =
        path + ": {" + std::string(operator_name(test.op, false)) + ": " + literal(test.operand) + "}";
    return test.negated ? negated_text(map) : map;
  }
  const auto written = [&](std::string_view word) {
    return path + " " + std::string(word) + " " + literal(test.operand);
  };
  if (!test.negated) return written(words->plain);
  return words->negated.empty() ? negated_text(written(words->plain)) : written(words->negated);
}

Piece piece_of(const Condition& condition, const std::function<bool(const Condition&)>& leave_out) {
  if (leave_out && leave_out(condition)) return {};
  if (condition.kind == Condition::Kind::Test) return {text_of(*condition.test), Condition::Kind::Test};
  const bool all = condition.kind == Condition::Kind::All;
  std::vector<Piece> pieces;
  for (const Condition& child : condition.children) {
    if (Piece piece = piece_of(child, leave_out); !piece.text.empty()) pieces.push_back(std::move(piece));
  }
  if (pieces.empty()) return {};
  if (pieces.size() == 1) return std::move(pieces.front());
  Piece joined{"", condition.kind};
  for (const Piece& piece : pieces) {
    if (!joined.text.empty()) joined.text += all ? " AND " : " OR ";
    const bool in_parentheses = all && piece.loosest == Condition::Kind::Any;
    joined.text += in_parentheses ? "(" + piece.text + ")" : piece.text;
  }
  return joined;
}

}  // namespace

std::string operand_text(const Value& operand) { return literal(operand); }

std::string condition_text(const Condition& condition) { return piece_of(condition, {}).text; }

std::string condition_text(const Condition& condition, const std::function<bool(const Condition&)>& leave_out) {
  return piece_of(condition, leave_out).text;
}

}  // namespace guardian::policy
