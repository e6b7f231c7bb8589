#include "guardian/json/document.h"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <utility>

#include "guardian/json/writer.h"
#include "read.h"

namespace guardian::json {

TEST_CASE("document: values made in code live as long as the document, also when it moves") {
  Document document;
  {
    const std::string key = "a key that is longer than any small buffer";
    const std::string text = "a text that is longer than any small buffer";
    const std::array<Value, 2> items = {document.add_text(text), Value::boolean(true)};
    const std::array<Member, 1> members = {Member{document.add_characters(key), document.add_list(items)}};
    document.set_root(document.add_object(members));
  }
  const Document moved = std::move(document);
  CHECK(write(moved.root()) ==
        R"({"a key that is longer than any small buffer":["a text that is longer than any small buffer",true]})");
}

TEST_CASE("document: empty texts, lists and objects can be added") {
  Document document;
  CHECK(document.add_text("").as_text().empty());
  CHECK(document.add_list({}).as_list().empty());
  CHECK(document.add_object({}).as_object().empty());
}

TEST_CASE("document: a deep copy outlives what it was copied from, with its offsets") {
  Document copy;
  {
    const Document original = read(R"({"list":[1,{"text":"abc"}]})");
    copy.set_root(copy.add_deep(original.root()));
  }
  CHECK(write(copy.root()) == R"({"list":[1,{"text":"abc"}]})");
  CHECK(copy.root().find("list")->offset() == 8);
}

}  // namespace guardian::json
