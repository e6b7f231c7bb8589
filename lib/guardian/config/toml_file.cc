#include "guardian/config/toml_file.h"

#include <toml++/toml.h>

#include "guardian/base/text.h"

namespace guardian::config {

namespace {

using base::Error;
using base::ErrorCode;

std::string place(const toml::source_position& at) {
  return "line " + std::to_string(at.line) + " column " + std::to_string(at.column);
}

base::Result<TomlEntry> read_member(std::string_view key, const toml::node& node) {
  TomlEntry entry{std::string(key), "", node.source().begin.line};
  if (const auto* text = node.as_string()) {
    entry.value = text->get();
  } else if (const auto* number = node.as_integer()) {
    entry.value = std::to_string(number->get());
  } else if (const auto* boolean = node.as_boolean()) {
    entry.value = boolean->get() ? "true" : "false";
  } else {
    return Error(ErrorCode::InvalidInput, place(node.source().begin) + ": `" + base::printable(key) +
                                              "` must be text, a whole number, true or false");
  }
  return entry;
}

}  // namespace

base::Result<std::vector<TomlEntry>> parse_toml(std::string_view text) {
  try {
    const toml::table table = toml::parse(text);
    std::vector<TomlEntry> entries;
    for (const auto& member : table) {
      GUARDIAN_ASSIGN(TomlEntry entry, read_member(member.first.str(), member.second));
      entries.push_back(std::move(entry));
    }
    return entries;
  } catch (const toml::parse_error& error) {
    // The description may quote the text, which may be a secret: only the place is told.
    return Error(ErrorCode::Malformed, place(error.source().begin) + ": not TOML");
  }
}

}  // namespace guardian::config
