#include <cctype>
#include <cstdlib>

#include "support/naive/condition_generator.h"

namespace guardian::testing {
namespace {

using json::Value;

struct Word {
  std::string_view name;
  std::string_view written;
};

constexpr Word kWords[] = {{"equals", "=="},
                           {"notEquals", "!="},
                           {"lt", "<"},
                           {"lte", "<="},
                           {"gt", ">"},
                           {"gte", ">="},
                           {"in", "IN"},
                           {"notIn", "NOT IN"},
                           {"matches", "MATCHES"},
                           {"notMatches", "NOT MATCHES"},
                           {"pathMatches", "PATH_MATCHES"},
                           {"notPathMatches", "NOT PATH_MATCHES"},
                           {"regex", "REGEX"},
                           {"contains", "CONTAINS"},
                           {"containsAll", "CONTAINS_ALL"},
                           {"startsWith", "STARTS_WITH"},
                           {"endsWith", "ENDS_WITH"},
                           {"cidr", "CIDR"},
                           {"between", "BETWEEN"}};

// Draws are made in statements of their own: the order of evaluation inside one is the compiler's.
class Expression {
 public:
  Expression(Random& random, json::Document& memory) : random_(random), memory_(memory) {}

  std::string disjunction(std::size_t depth) {
    std::string text = conjunction(depth);
    while (random_.percent(30)) {
      text += joint("OR", "||");
      text += conjunction(depth);
    }
    return text;
  }

 private:
  std::string conjunction(std::size_t depth) {
    std::string text = negation(depth);
    while (random_.percent(22)) {
      text += joint("AND", "&&");
      text += negation(depth);
    }
    return text;
  }

  std::string negation(std::size_t depth) {
    if (random_.percent(20)) {
      std::string text = random_.percent(50) ? "!" : cased("NOT") + " ";
      return text += negation(depth);
    }
    if (depth < 2 && random_.percent(25)) return "(" + disjunction(depth + 1) + ")";
    return comparison();
  }

  std::string comparison() {
    const Attribute& attribute = pick_attribute(random_);
    const bool short_form = !attribute.shorthand.empty() && random_.percent(25);
    const std::string path(short_form ? attribute.shorthand : any_way(attribute, random_));
    if (attribute.kind == ValueKind::Flag && random_.percent(50)) return path;
    const GeneratedTest test = make_test(attribute.kind, true, 0, random_, memory_);
    if (test.name == "exists") return path + " " + cased("EXISTS");
    for (const Word& word : kWords) {
      if (word.name != test.name) continue;
      std::string text = path + " " + cased(word.written) + " ";
      return text += operand(test.operand);
    }
    std::abort();
  }

  std::string operand(const Value& value) {
    if (!value.is_list()) return literal(value);
    std::string text = "[";
    for (const Value& member : value.as_list()) text += (text.size() > 1 ? ", " : "") + literal(member);
    return text + "]";
  }

  std::string literal(const Value& value) {
    if (value.is_null()) return cased("NULL");
    if (value.is_boolean()) return cased(value.as_boolean() ? "TRUE" : "FALSE");
    std::string text;
    if (value.is_number()) {
      json::append_number(text, value.as_number());
      return text;
    }
    const char quote = random_.percent(50) ? '\'' : '"';
    text += quote;
    for (const char c : value.as_text()) {
      if (c == '\n') {
        text += "\\n";
      } else if (c == '\t') {
        text += "\\t";
      } else {
        if (c == '\\' || c == quote) text += '\\';
        text += c;
      }
    }
    return text + quote;
  }

  std::string joint(std::string_view word, std::string_view symbol) {
    return random_.percent(70) ? " " + cased(word) + " " : std::string(symbol);
  }

  std::string cased(std::string_view word) {
    std::string text(word);
    if (random_.percent(30)) {
      for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return text;
  }

  Random& random_;
  json::Document& memory_;
};

}  // namespace

std::string make_expression(Random& random, json::Document& memory) {
  return Expression(random, memory).disjunction(0);
}

}  // namespace guardian::testing
