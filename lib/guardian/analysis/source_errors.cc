#include "guardian/analysis/source_errors.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "guardian/base/text.h"
#include "guardian/policy/policy_parser.h"
#include "guardian/policy/rule_parser.h"
#include "guardian/policy/spelling.h"

namespace guardian::analysis {

namespace {

using json::Member;
using json::Value;

// Digits at the front of `rest`, which moves behind them.
std::optional<std::size_t> take_number(std::string_view& rest) {
  const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
  const auto number = base::parse_unsigned(rest.substr(0, digits));
  if (!number) return std::nullopt;
  rest.remove_prefix(digits);
  return static_cast<std::size_t>(*number);
}

bool take(std::string_view& rest, std::string_view words) {
  if (!rest.starts_with(words)) return false;
  rest.remove_prefix(words.size());
  return true;
}

// The name in `policy `<name>`: `, which is taken away.
std::string take_label(std::string& message, std::string_view word) {
  const std::string start = std::string(word) + " `";
  if (!message.starts_with(start)) return {};
  const auto end = message.find("`: ", start.size());
  if (end == std::string::npos) return {};
  std::string name = message.substr(start.size(), end - start.size());
  message.erase(0, end + 3);
  return name;
}

std::size_t line_start(std::string_view text, std::size_t line) {
  std::size_t start = 0;
  for (; line > 1 && start < text.size(); --line) start = std::min(text.find('\n', start), text.size() - 1) + 1;
  return start;
}

// The byte at a place: columns are code points.
std::size_t offset_of(std::string_view text, json::Location place) {
  std::size_t at = line_start(text, place.line);
  for (std::size_t column = 1; column < place.column && at < text.size(); ++column) {
    do {
      ++at;
    } while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U);
  }
  return at;
}

// A policy without what was found wrong, as a document of its own over the values of the first.
class Remainder {
 public:
  explicit Remainder(const Value& root) : root_(root) {}

  [[nodiscard]] const Value& root() const noexcept { return root_; }

  // Takes out the rule or the field around `offset`; false where there is none to take out.
  [[nodiscard]] bool take_out(std::size_t offset) {
    if (!root_.is_object()) return false;
    const Value* const spec = field(root_, "spec");
    const auto reduced = reduce(spec == nullptr ? root_ : *spec, offset);
    if (!reduced) return false;
    root_ = spec == nullptr ? *reduced : with_member(root_, spec, *reduced);
    return true;
  }

 private:
  std::optional<Value> reduce(const Value& body, std::size_t offset) {
    if (!body.is_object()) return std::nullopt;
    const Member* around = nullptr;
    for (const Member& member : body.as_object()) {
      if (member.key_offset <= offset && (around == nullptr || member.key_offset > around->key_offset))
        around = &member;
    }
    if (around == nullptr || policy::is_spelling(around->key, "name")) return std::nullopt;
    if (around->key != "rules") return without(body, around);
    const auto rules = replace_rule(around->value, offset);
    return rules ? std::optional(with_member(body, &around->value, *rules)) : std::nullopt;
  }

  std::optional<Value> replace_rule(const Value& list, std::size_t offset) {
    if (!list.is_list()) return std::nullopt;
    std::vector<Value> rules(list.as_list().begin(), list.as_list().end());
    std::size_t index = rules.size();
    for (std::size_t i = 0; i < rules.size(); ++i) {
      const bool nearer = index == rules.size() || rules[i].offset() > rules[index].offset();
      if (rules[i].offset() <= offset && nearer) index = i;
    }
    if (index == rules.size() || std::ranges::find(taken_, index) != taken_.end()) return std::nullopt;
    taken_.push_back(index);
    rules[index] = placeholder(rules[index].offset());
    return document_.add_list(rules).at_offset(list.offset());
  }

  // A valid rule that keeps the number of those after it.
  Value placeholder(std::uint32_t offset) {
    const std::array action{Value::text("x")};
    const std::array members{Member{"effect", Value::text("deny"), offset},
                             Member{"actions", document_.add_list(action), offset}};
    return document_.add_object(members).at_offset(offset);
  }

  Value with_member(const Value& map, const Value* old, const Value& replacement) {
    std::vector<Member> members(map.as_object().begin(), map.as_object().end());
    const auto index = static_cast<std::size_t>(
        std::ranges::find(map.as_object(), old, [](const Member& member) { return &member.value; }) -
        map.as_object().begin());
    members[index].value = replacement;
    return document_.add_object(members).at_offset(map.offset());
  }

  Value without(const Value& map, const Member* out) {
    std::vector<Member> members;
    for (const Member& member : map.as_object()) {
      if (&member != out) members.push_back(member);
    }
    return document_.add_object(members).at_offset(map.offset());
  }

  json::Document document_;
  Value root_;
  std::vector<std::size_t> taken_;
};

}  // namespace

PlacedError take_place(const base::Error& error, std::string_view file) {
  std::string_view rest = error.message();
  json::Location place;
  const std::string in_file = std::string(file) + ":";
  const bool named = take(rest, in_file);
  const bool spelled = !named && take(rest, "line ");
  if (!named && !spelled) return {place, error.message()};
  const auto line = take_number(rest);
  const bool between = take(rest, named ? ":" : " column ");
  const auto column = between ? take_number(rest) : std::nullopt;
  if (!line || !column || !take(rest, ": ")) {
    rest = error.message();
    if (take(rest, in_file)) rest = base::trim(rest);
    return {place, std::string(rest)};
  }
  return {{*line, *column}, std::string(rest)};
}

void note_policy_errors(const json::Document& document, const policy::CompileOptions& options, base::Error error,
                        Notes& notes) {
  Remainder remainder(document.root());
  for (std::size_t found = 0; found < kMaxErrorsOfFile; ++found) {
    PlacedError placed = take_place(error, notes.source().name);
    notes.about_policy(take_label(placed.message, "policy"));
    notes.about_rule(take_label(placed.message, "rule"));
    notes.add(Code::InvalidPolicy, placed.place, std::move(placed.message),
              "correct it as guardian-policy(5) says: a bundle with this policy is refused whole");
    if (!remainder.take_out(offset_of(notes.source().text, placed.place))) return;
    auto compiled = policy::compile_policy(remainder.root(), notes.source(), options);
    if (compiled.ok()) return;
    error = std::move(compiled).error();
  }
}

}  // namespace guardian::analysis
