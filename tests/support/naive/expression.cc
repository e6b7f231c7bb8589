#include <array>
#include <cstdlib>
#include <string>
#include <vector>

#include "guardian/base/text.h"
#include "support/naive/conditions.h"
#include "support/naive/operators.h"

namespace guardian::testing {
namespace {

using json::Value;

struct Comparison {
  std::string_view written;
  std::string_view operator_name;
};

// Longer ones first, so that `<=` is not read as `<`.
constexpr std::array<Comparison, 6> kSymbols = {
    {{"==", "equals"}, {"!=", "notEquals"}, {"<=", "lte"}, {">=", "gte"}, {"<", "lt"}, {">", "gt"}}};

constexpr std::array<Comparison, 10> kWords = {{{"in", "in"},
                                                {"matches", "matches"},
                                                {"path_matches", "pathMatches"},
                                                {"regex", "regex"},
                                                {"contains", "contains"},
                                                {"contains_all", "containsAll"},
                                                {"starts_with", "startsWith"},
                                                {"ends_with", "endsWith"},
                                                {"cidr", "cidr"},
                                                {"between", "between"}}};

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

// Recursive descent that evaluates as it reads; both sides of every word are always read.
class Reader {
 public:
  Reader(const Scene& scene, std::string_view text) : scene_(scene), text_(text) {}

  bool read(bool negated) {
    const bool holds = disjunction(negated);
    skip_space();
    if (at_ != text_.size()) std::abort();
    return holds;
  }

 private:
  bool disjunction(bool negated) {
    Together members(scene_.trace, Together::Kind::Any, negated);
    do members.add(conjunction(negated));
    while (accept_word("or") || accept_symbol("||"));
    return members.holds();
  }

  bool conjunction(bool negated) {
    Together members(scene_.trace, Together::Kind::All, negated);
    do members.add(negation(negated));
    while (accept_word("and") || accept_symbol("&&"));
    return members.holds();
  }

  bool negation(bool negated) {
    if (accept_word("not") || accept_symbol("!")) return negation(!negated);
    if (!accept_symbol("(")) return comparison(negated);
    const bool holds = disjunction(negated);
    if (!accept_symbol(")")) std::abort();
    return holds;
  }

  bool comparison(bool negated) {
    skip_space();
    const Subject subject = attribute(scene_, with_root(read_path(text_, at_)));
    for (const Comparison& symbol : kSymbols) {
      if (accept_symbol(symbol.written)) return test_holds(scene_, symbol.operator_name, subject, operand(), negated);
    }
    if (accept_word("exists")) return test_holds(scene_, "exists", subject, Value::boolean(true), negated);
    const bool word_negated = accept_word("not") || accept_symbol("!");
    for (const Comparison& word : kWords) {
      if (!accept_word(word.written)) continue;
      return test_holds(scene_, word.operator_name, subject, operand(), word_negated != negated);
    }
    return test_holds(scene_, "equals", subject, Value::boolean(true), negated);
  }

  Value operand() {
    if (!accept_symbol("[")) return literal();
    std::vector<Value> members;
    do members.push_back(literal());
    while (accept_symbol(","));
    if (!accept_symbol("]")) std::abort();
    return scene_.memory.add_list(members);
  }

  Value literal() {
    skip_space();
    if (accept_word("true")) return Value::boolean(true);
    if (accept_word("false")) return Value::boolean(false);
    if (accept_word("null")) return Value();
    if (text_[at_] == '\'' || text_[at_] == '"') return quoted();
    std::string digits;
    while (at_ < text_.size() && std::string_view("+-.0123456789eE").find(text_[at_]) != std::string_view::npos) {
      digits += text_[at_++];
    }
    return Value::number(std::strtod(digits.c_str(), nullptr));
  }

  Value quoted() {
    const char quote = text_[at_++];
    std::string characters;
    for (; text_[at_] != quote; ++at_) {
      char c = text_[at_];
      if (c == '\\') {
        c = text_[++at_];
        if (c == 'n') c = '\n';
        if (c == 't') c = '\t';
      }
      characters += c;
    }
    ++at_;
    return scene_.memory.add_text(characters);
  }

  void skip_space() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) ++at_;
  }

  bool accept_symbol(std::string_view symbol) {
    skip_space();
    if (!text_.substr(at_).starts_with(symbol)) return false;
    at_ += symbol.size();
    return true;
  }

  bool accept_word(std::string_view word) {
    skip_space();
    std::size_t end = at_;
    while (end < text_.size() && is_word_character(text_[end])) ++end;
    if (!base::equal_ignoring_case(text_.substr(at_, end - at_), word)) return false;
    at_ = end;
    return true;
  }

  const Scene& scene_;
  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

bool expression_holds(const Scene& scene, std::string_view text, bool negated) {
  return Reader(scene, text).read(negated);
}

}  // namespace guardian::testing
