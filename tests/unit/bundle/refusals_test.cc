// The corpus of policies that must not be accepted, tests/refusals: each file is a subject, each entry a policy with
// the place of its mistake marked. Read as `guardian bundle build` reads a directory.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/bundle/build.h"
#include "guardian/json/reader.h"
#include "guardian/policy/yaml.h"
#include "support/temp_dir.h"

namespace guardian::bundle {

namespace {

constexpr std::string_view kMark = "\xC2\xBB";
constexpr std::size_t kFewestEntries = 300;

using json::Value;

std::string text_or(const Value& map, std::string_view name, std::string_view otherwise) {
  const Value* value = map.find(name);
  return std::string(value == nullptr ? otherwise : value->as_text());
}

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
}

// The entry's text below the head of its file, with `@@` filled in; still with the mark.
std::string marked_text(const Value& file, const Value& entry) {
  std::string body = text_or(entry, "text", "");
  if (const Value* count = entry.find("count")) {
    const std::string fill = text_or(entry, "fill", "");
    std::string filling;
    for (int left = static_cast<int>(count->as_number()); left > 0; --left) filling += fill;
    replace_all(body, "@@", filling);
  }
  const Value* head = file.find("head");
  if (head == nullptr) return body;
  const Value* indent = file.find("indent");
  const std::string margin(indent == nullptr ? 2 : static_cast<std::size_t>(indent->as_number()), ' ');
  replace_all(body, "\n", "\n" + margin);
  return std::string(head->as_text()) + margin + body + "\n";
}

// What is wrong with how the entry is refused; empty when nothing is.
std::string fault_of(const Value& file, const Value& entry) {
  std::string text = marked_text(file, entry);
  const auto mark = text.find(kMark);
  if (mark == std::string::npos) return "has no mark";
  text.erase(mark, kMark.size());

  const test::TempDir directory;
  const std::string name = "policies/p." + text_or(entry, "format", "yaml");
  const std::string path = directory.write(name, text);
  if (const Value* beside = entry.find("beside")) directory.write("policies/a.yaml", beside->as_text());
  base::SystemFileSystem files;
  const auto built = payload_from_directory(files, directory.path(), {});
  if (built.ok()) return "was accepted";
  const json::Location place = json::locate(text, static_cast<std::uint32_t>(mark));
  const std::string wanted = path + ':' + std::to_string(place.line) + ':' + std::to_string(place.column) + ": " +
                             text_or(file, "path", "") + text_or(entry, "message", "");
  const std::string& message = built.error().message();
  return message.starts_with(wanted) ? "" : "was refused with\n  " + message + "\nand not with\n  " + wanted;
}

struct Corpus {
  std::string name;
  json::Document document;
};

std::vector<Corpus> load_corpus() {
  std::vector<Corpus> corpus;
  const std::filesystem::path directory = std::filesystem::path(GUARDIAN_SOURCE_DIR) / "tests" / "refusals";
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    auto document = policy::parse_yaml(text);
    if (!document.ok()) FAIL(entry.path().string() << ": " << document.error().message());
    corpus.push_back({entry.path().filename().string(), std::move(document).value()});
  }
  return corpus;
}

}  // namespace

TEST_CASE("refusals: every malformed policy is refused at the place of its mistake, which is named") {
  std::size_t entries = 0;
  for (const Corpus& corpus : load_corpus()) {
    const Value file = corpus.document.root();
    for (const Value& entry : file.find("refusals")->as_list()) {
      ++entries;
      const std::string fault = fault_of(file, entry);
      if (!fault.empty()) FAIL_CHECK(corpus.name << ": " << text_or(entry, "name", "?") << ": " << fault);
    }
  }
  CHECK(entries >= kFewestEntries);
}

}  // namespace guardian::bundle
