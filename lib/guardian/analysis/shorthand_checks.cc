#include <algorithm>
#include <string>
#include <string_view>

#include "guardian/analysis/checks.h"
#include "guardian/base/text.h"
#include "guardian/policy/attribute.h"
#include "guardian/policy/lexer.h"
#include "guardian/policy/shorthand.h"
#include "guardian/policy/spelling.h"

namespace guardian::analysis {

namespace {

using json::Value;

class Walk {
 public:
  explicit Walk(Notes& notes) noexcept : notes_(notes) {}

  void condition(const Value& written, bool at_top) {
    if (written.is_text()) text(written);
    if (written.is_list()) {
      for (const Value& item : written.as_list()) condition(item, false);
    }
    if (!written.is_object()) return;
    for (const auto& member : written.as_object()) entry(member, at_top);
  }

 private:
  void entry(const json::Member& member, bool at_top) {
    if (member.key == "all" || member.key == "any" || member.key == "not") {
      condition(member.value, false);
      return;
    }
    if (at_top && policy::is_spelling(member.key, "rateLimit")) return;
    const auto segments = policy::parse_path(member.key);
    if (!segments.ok() || !is_shorthand(*segments)) return;
    // The suffix forms say what they do; they are for maps only.
    const auto shorthand = policy::read_shorthand(member.key, member.value);
    if (shorthand.ok() && shorthand->names_operator) return;
    add(member.key_offset, segments->front(), true);
  }

  void text(const Value& written) {
    policy::Lexer lexer(written.as_text());
    while (true) {
      const auto token = lexer.next();
      if (!token.ok() || token->kind == policy::TokenKind::End) return;
      if (token->kind != policy::TokenKind::Path || !is_shorthand(token->path)) continue;
      add(place_in(written, token->offset), token->path.front(), false);
    }
  }

  static bool is_shorthand(const policy::PathSegments& path) {
    return path.size() == 1 && !policy::is_root(path.front()) && path.front() != "tags";
  }

  // Where the text stands in the file as it is, the place inside it; else its beginning.
  [[nodiscard]] std::uint32_t place_in(const Value& written, std::size_t offset) const {
    const std::string_view file = notes_.source().text;
    for (const std::size_t quote : {std::size_t{0}, std::size_t{1}}) {
      const std::size_t start = written.offset() + quote;
      if (start <= file.size() && file.substr(start).starts_with(written.as_text())) {
        return static_cast<std::uint32_t>(start + offset);
      }
    }
    return written.offset();
  }

  // What was meant where obeying "write `context.ANY`" would silence the lint and leave the rule dead; else empty.
  static std::string what_was_meant(const std::string& name, bool is_key) {
    const std::string lower = base::to_lower(name);
    if (is_key && (lower == "all" || lower == "any")) {
      return "write " + quoted(lower) + " in lower case: only so it combines conditions";
    }
    if (policy::is_spelling(name, "rateLimit")) {
      return "move it up to the rule: here it is an attribute like any other and limits nothing";
    }
    return "";
  }

  void add(std::uint32_t offset, const std::string& name, bool is_key) {
    const std::string meant = what_was_meant(name, is_key);
    notes_.add(
        Code::ShorthandName, offset, quoted(name) + " stands for " + quoted("context." + name),
        !meant.empty() ? meant : "write " + quoted("context." + name) + ": a name without a root is easily misread");
  }

  Notes& notes_;
};

}  // namespace

void check_shorthands(const Subject& subject, Notes& notes) {
  std::size_t index = 0;
  for (const Value& rule : entries_of(field(subject.body, "rules"))) {
    notes.about_rule(subject.compiled.rules[index++].id);
    if (const Value* conditions = field(rule, "conditions")) Walk(notes).condition(*conditions, true);
  }
  notes.about_no_rule();
}

}  // namespace guardian::analysis
