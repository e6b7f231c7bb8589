#include <cstdlib>

#include "support/naive/condition_generator.h"
#include "support/naive/values.h"

namespace guardian::testing {
namespace {

using json::Value;

constexpr std::string_view kForEvery[] = {"equals", "notEquals", "in", "notIn", "exists"};
constexpr std::string_view kForOrder[] = {"lt", "lte", "gt", "gte", "between"};
constexpr std::string_view kForText[] = {"matches",  "notMatches", "regex",      "startsWith",
                                         "endsWith", "contains",   "containsAll"};
constexpr std::string_view kForPath[] = {"pathMatches", "notPathMatches", "startsWith"};
constexpr std::string_view kForList[] = {"some",  "every",    "some",        "every",   "some",
                                         "every", "contains", "containsAll", "matches", "notMatches"};
constexpr std::string_view kAll[] = {"equals", "notEquals",  "in",       "notIn",    "lt",          "lte",
                                     "gt",     "gte",        "between",  "matches",  "notMatches",  "pathMatches",
                                     "regex",  "startsWith", "endsWith", "contains", "containsAll", "notPathMatches",
                                     "cidr",   "some",       "every",    "exists"};

std::string_view pick_operator(ValueKind kind, Random& random) {
  if (random.percent(12)) return random.pick(kAll);
  if (random.percent(30)) return random.pick(kForEvery);
  switch (kind) {
    case ValueKind::Number:
    case ValueKind::Moment:
      return random.pick(kForOrder);
    case ValueKind::Text:
      return random.pick(kForText);
    case ValueKind::Path:
      return random.pick(kForPath);
    case ValueKind::Address:
      return "cidr";
    case ValueKind::Texts:
    case ValueKind::Numbers:
      return random.pick(kForList);
    case ValueKind::Flag:
    case ValueKind::Object:
      return random.pick(kForEvery);
  }
  std::abort();
}

Value one_or_more(std::span<const std::string_view> pool, Random& random, json::Document& memory) {
  if (random.percent(60)) return Value::text(random.pick(pool));
  std::vector<Value> members;
  for (std::size_t n = random.between(1, 3); n > 0; --n) members.push_back(Value::text(random.pick(pool)));
  return memory.add_list(members);
}

// Never empty, never a list in a list.
Value scalars(ValueKind kind, bool with_null, Random& random, json::Document& memory) {
  std::vector<Value> members;
  for (std::size_t n = random.between(1, 3); n > 0; --n) {
    members.push_back(with_null && random.percent(10) ? Value() : scalar(kind, random));
  }
  if (random.percent(15)) {
    const bool first = random.percent(50);
    members.insert(first ? members.begin() : members.end(), scalar(ValueKind::Number, random));
  }
  return memory.add_list(members);
}

Value equals_operand(ValueKind kind, bool for_text, Random& random, json::Document& memory) {
  if (random.percent(12)) return Value();
  if (random.percent(12)) return scalars(kind, true, random, memory);
  if (kind == ValueKind::Object && !for_text && random.percent(80)) {
    const json::Member plan = {"plan", Value::text(random.percent(60) ? "pro" : "free")};
    return memory.add_object({&plan, 1});
  }
  return scalar(kind, random);
}

// Both ends of one kind, in order.
Value range(ValueKind kind, Random& random, json::Document& memory) {
  if (kind == ValueKind::Moment) {
    const Value ends[] = {Value::text("2026-01-01T00:00:00Z"), Value::text(random.pick(moments()))};
    const bool in_order = !ends[1].as_text().starts_with("2025");
    const Value swapped[] = {ends[1], ends[0]};
    return memory.add_list(in_order ? ends : swapped);
  }
  const double low = scalar(ValueKind::Number, random).as_number();
  const Value ends[] = {Value::number(low), Value::number(low + static_cast<double>(random.below(20)))};
  return memory.add_list(ends);
}

Value nested_tests(ValueKind kind, std::size_t depth, Random& random, json::Document& memory) {
  const ValueKind member = kind == ValueKind::Numbers ? ValueKind::Number : ValueKind::Text;
  std::vector<json::Member> tests;
  for (std::size_t n = random.between(1, 2); n > 0; --n) {
    const GeneratedTest test = make_test(member, false, depth + 1, random, memory);
    if (!tests.empty() && is_name(tests.front().key, test.name)) continue;
    tests.push_back({memory.add_characters(any_spelling(test.name, random)), test.operand});
  }
  return memory.add_object(tests);
}

bool is_ordered(std::string_view name) { return name == "lt" || name == "lte" || name == "gt" || name == "gte"; }

Value operand_of(std::string_view name, ValueKind kind, bool for_text, Random& random, json::Document& memory) {
  const ValueKind ordered = kind == ValueKind::Moment ? kind : ValueKind::Number;
  if (name == "exists") return Value::boolean(for_text || random.percent(60));
  if (name == "equals" || name == "notEquals") return equals_operand(kind, for_text, random, memory);
  if (name == "in" || name == "notIn") return scalars(kind, true, random, memory);
  if (is_ordered(name)) return scalar(ordered, random);
  if (name == "between") return range(ordered, random, memory);
  if (name == "matches" || name == "notMatches") return one_or_more(text_globs(), random, memory);
  if (name == "pathMatches" || name == "notPathMatches") return one_or_more(path_globs(), random, memory);
  if (name == "regex") return one_or_more(regexes(), random, memory);
  if (name == "cidr") return one_or_more(blocks(), random, memory);
  if (name == "contains") {
    return random.percent(60) ? scalar(kind, random) : scalars(kind, false, random, memory);
  }
  if (name == "containsAll") return scalars(kind, false, random, memory);
  return random.percent(60) ? scalar(ValueKind::Text, random) : one_or_more(text_globs(), random, memory);
}

}  // namespace

GeneratedTest make_test(ValueKind kind, bool for_text, std::size_t depth, Random& random, json::Document& memory) {
  std::string_view name = pick_operator(kind, random);
  if (name != "some" && name != "every") return {name, operand_of(name, kind, for_text, random, memory)};
  if (!for_text && depth < 3) return {name, nested_tests(kind, depth, random, memory)};
  return {"exists", Value::boolean(true)};
}

std::string any_spelling(std::string_view camel, Random& random) {
  return random.percent(25) ? snake_case(camel) : std::string(camel);
}

std::string_view any_way(const Attribute& attribute, Random& random) {
  const std::string_view other = random.pick(attribute.other_ways);
  return other.empty() || random.percent(60) ? attribute.path : other;
}

}  // namespace guardian::testing
