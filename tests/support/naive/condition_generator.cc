#include "support/naive/condition_generator.h"

#include <algorithm>

#include "support/naive/attributes.h"
#include "support/naive/values.h"

namespace guardian::testing {
namespace {

using json::Value;

constexpr std::size_t kMaxDepth = 3;

struct Suffix {
  std::string_view snake;
  std::string_view camel;
  std::string_view name;
};

constexpr Suffix kForText[] = {{"_pattern", "Pattern", "matches"}, {"_contains", "Contains", "contains"}};
constexpr Suffix kForNumber[] = {{"_min", "Min", "gte"}, {"_max", "Max", "lte"}, {"_range", "Range", "between"}};

bool contains(const std::vector<std::string_view>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

}  // namespace

void ConditionGenerator::write() { write_condition(0); }

void ConditionGenerator::write_with_limit() {
  out_.begin_object().key(any_spelling("rateLimit", random_)).value(make_limit(random_, memory_));
  if (random_.percent(60)) write_members(0);
  out_.end_object();
}

void ConditionGenerator::write_condition(std::size_t depth) {
  const std::size_t form = random_.below(100);
  if (depth == 0 && form < 3) {
    out_.begin_object().end_object();
  } else if (form < 50) {
    write_map(depth);
  } else if (form < 65) {
    write_list_members(depth);
  } else {
    out_.text(make_expression(random_, memory_));
  }
}

void ConditionGenerator::write_map(std::size_t depth) {
  out_.begin_object();
  write_members(depth);
  out_.end_object();
}

void ConditionGenerator::write_members(std::size_t depth) {
  std::vector<std::string_view> used;
  std::vector<std::string_view> used_roots;
  bool empty = true;
  for (std::size_t n = random_.percent(60) ? 1 : 2; n > 0 || empty; n -= n > 0 ? 1 : 0) {
    constexpr std::string_view kCombinations[] = {"all", "any", "not"};
    const std::string_view combination = random_.pick(kCombinations);
    if (depth < kMaxDepth && random_.percent(30) && !contains(used, combination)) {
      used.push_back(combination);
      out_.key(combination);
      combination == "not" ? write_condition(depth + 1) : write_list_members(depth + 1);
      empty = false;
    } else if (write_attribute(used, used_roots)) {
      empty = false;
    }
  }
}

// The members of `all`, `any` and lists are maps or texts.
void ConditionGenerator::write_list_members(std::size_t depth) {
  out_.begin_list();
  for (std::size_t n = random_.between(1, 3); n > 0; --n) {
    if (depth < kMaxDepth && random_.percent(60)) {
      write_map(depth + 1);
    } else {
      out_.text(make_expression(random_, memory_));
    }
  }
  out_.end_list();
}

bool ConditionGenerator::write_attribute(std::vector<std::string_view>& used,
                                         std::vector<std::string_view>& used_roots) {
  const Attribute& attribute = pick_attribute(random_);
  if (contains(used, attribute.path) || contains(used_roots, attribute.path)) return false;
  used.push_back(attribute.path);
  if (is_root(attribute.path)) used_roots.push_back(attribute.path);
  const std::size_t style = random_.below(100);
  if (style < 20 && write_suffixed(attribute)) return true;
  if (style < 45 && write_nested(attribute, used_roots)) return true;
  const bool short_form = !attribute.shorthand.empty() && style < 60;
  out_.key(short_form ? attribute.shorthand : any_way(attribute, random_));
  write_test(attribute.kind);
  return true;
}

// `recipient_pattern`, `amountMax`, `tags`: names of their own with a plain operand.
bool ConditionGenerator::write_suffixed(const Attribute& attribute) {
  const bool of_resource = attribute.path == "resource";
  if (attribute.path == "agent.tags") {
    out_.key("tags");
    if (random_.percent(50)) {
      out_.text(random_.pick(kTags));
    } else {
      out_.begin_list().text(random_.pick(kTags)).text("support").end_list();
    }
    return true;
  }
  if (attribute.shorthand.empty() && !of_resource) return false;
  const bool number = attribute.kind == ValueKind::Number;
  const Suffix& suffix = number ? random_.pick(kForNumber) : random_.pick(kForText);
  GeneratedTest test = make_test(number ? ValueKind::Number : ValueKind::Text, true, 0, random_, memory_);
  while (test.name != suffix.name) {
    test = make_test(number ? ValueKind::Number : ValueKind::Text, true, 0, random_, memory_);
  }
  const std::string subject(of_resource ? "resource" : attribute.shorthand);
  out_.key(subject + std::string(random_.percent(50) ? suffix.snake : suffix.camel)).value(test.operand);
  return true;
}

// `context: { tenant: { plan: ... } }`, each root once in a map.
bool ConditionGenerator::write_nested(const Attribute& attribute, std::vector<std::string_view>& used_roots) {
  const Path path = parse_path(any_way(attribute, random_));
  const std::string root = path.front() == "request" ? "context" : path.front();
  const bool plain = attribute.path.find('[') == std::string_view::npos;
  if (path.size() < 2 || !plain || contains(used_roots, root)) return false;
  used_roots.push_back(attribute.path.substr(0, root.size()));
  out_.key(path.front());
  for (std::size_t i = 1; i < path.size(); ++i) out_.begin_object().key(path[i]);
  write_test(attribute.kind);
  for (std::size_t i = 1; i < path.size(); ++i) out_.end_object();
  return true;
}

// What stands beside a path: operators, a list or a scalar.
void ConditionGenerator::write_test(ValueKind kind) {
  const GeneratedTest test = make_test(kind, false, 0, random_, memory_);
  const bool plain = random_.percent(50);
  if (plain && test.name == "in" && test.operand.is_list()) {
    out_.value(test.operand);
    return;
  }
  if (plain && test.name == "equals" && !test.operand.is_list() && !test.operand.is_object() &&
      !test.operand.is_null()) {
    out_.value(test.operand);
    return;
  }
  out_.begin_object().key(any_spelling(test.name, random_)).value(test.operand);
  if (random_.percent(20)) {
    const GeneratedTest second = make_test(kind, false, 0, random_, memory_);
    if (second.name != test.name) out_.key(any_spelling(second.name, random_)).value(second.operand);
  }
  out_.end_object();
}

}  // namespace guardian::testing
