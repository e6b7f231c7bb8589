// What the parser says, for the comparison with the schemas. Each line of standard input is one question, answered with
// a line that begins with `ok` or `error`:
//   payload <bundle payload in JSON>
//   directory <path>              a directory as `guardian bundle build` reads one
//   tests <file of policy tests in JSON>
//   read <YAML as a JSON string>  answered with the document in JSON
#include <iostream>
#include <string>
#include <string_view>

#include "guardian/base/file_system.h"
#include "guardian/bundle/build.h"
#include "guardian/bundle/payload.h"
#include "guardian/decision/test_file.h"
#include "guardian/json/reader.h"
#include "guardian/json/writer.h"
#include "guardian/policy/yaml.h"

namespace {

using namespace guardian;

template <typename T>
std::string verdict(const base::Result<T>& result) {
  return result.ok() ? "ok" : "error " + result.error().message();
}

std::string built_from(const std::string& directory) {
  base::SystemFileSystem files;
  bundle::BuildOptions options;
  options.now = base::to_time_point(base::parse_rfc3339("2026-04-18T10:30:00Z").value());
  return verdict(bundle::payload_from_directory(files, directory, options));
}

std::string read_yaml(std::string_view json_text) {
  const auto text = json::parse(json_text);
  if (!text.ok()) return verdict(text);
  // Vectors hold policies, some of which are there to be too deep.
  const auto document = policy::parse_yaml(text->root().as_text(), {.max_depth = 128, .max_nodes = 4'000'000});
  return document.ok() ? "ok " + json::write(document->root()) : verdict(document);
}

std::string answer(const std::string& line) {
  const auto space = line.find(' ');
  const std::string question = line.substr(0, space);
  const std::string argument = space == std::string::npos ? "" : line.substr(space + 1);
  if (question == "payload") return verdict(bundle::parse_payload(argument));
  if (question == "tests") return verdict(decision::parse_test_file("tests.json", argument));
  if (question == "directory") return built_from(argument);
  if (question == "read") return read_yaml(argument);
  return "error unknown question";
}

}  // namespace

int main() {
  std::string line;
  while (std::getline(std::cin, line)) std::cout << answer(line) << '\n';
  return 0;
}
