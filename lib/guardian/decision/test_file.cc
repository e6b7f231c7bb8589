#include "guardian/decision/test_file.h"

#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>

#include "guardian/base/check.h"
#include "guardian/decision/delegation.h"
#include "guardian/json/reader.h"
#include "guardian/policy/fields.h"
#include "guardian/policy/place.h"
#include "guardian/policy/yaml.h"

namespace guardian::decision {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;
using json::Value;
using policy::expect_list;
using policy::expect_text;
using policy::FieldName;
using policy::Fields;
using policy::quoted;
using policy::Scope;

constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kMaxNodes = 1'000'000;
constexpr std::size_t kMaxNameBytes = 256;

constexpr std::array kFileNames{FieldName{"tests"}};
constexpr std::array kTestNames{
    FieldName{"name"},       FieldName{"agent"}, FieldName{"action"}, FieldName{"resource"}, FieldName{"context"},
    FieldName{"delegation"}, FieldName{"token"}, FieldName{"mode"},   FieldName{"at"},       FieldName{"expect"},
    FieldName{"policy"},     FieldName{"rule"},  FieldName{"reason"},
};
// These may be null: the answer has none.
constexpr std::array<std::string_view, 3> kNullable{"policy", "rule", "reason"};

Result<const Value*> required(const Scope& scope, const Fields& fields, const Value& map, std::string_view name) {
  const Value* const value = fields.get(name);
  if (value == nullptr) return scope.refuse(map, "`" + std::string(name) + "` is missing");
  return value;
}

Result<std::string_view> required_text(const Scope& scope, const Fields& fields, const Value& map,
                                       std::string_view name) {
  GUARDIAN_ASSIGN(const Value* const value, required(scope, fields, map, name));
  return expect_text(scope.member(name), *value);
}

Status expect_object(const Scope& scope, const Value& value) {
  if (value.is_object()) return {};
  return scope.refuse(value, "must be a map, not " + std::string(json::to_string(value.kind())));
}

// Reads the members of one test into `test`; `given` is the map without its nulls.
class TestReader {
 public:
  TestReader(const Scope& scope, const Fields& fields, const Value& given, TestCase& test)
      : scope_(scope), fields_(fields), given_(given), test_(test) {}

  Status read() {
    GUARDIAN_TRY(read_name());
    GUARDIAN_TRY(read_request());
    GUARDIAN_TRY(read_delegation());
    GUARDIAN_TRY(read_circumstances());
    return read_expectation();
  }

 private:
  Status read_name() {
    GUARDIAN_ASSIGN(test_.name, required_text(scope_, fields_, given_, "name"));
    const bool fits = !test_.name.empty() && test_.name.size() <= kMaxNameBytes;
    return fits ? Status() : refuse("name", "must be 1 to " + std::to_string(kMaxNameBytes) + " bytes");
  }

  Status read_request() {
    Question& question = test_.question;
    GUARDIAN_ASSIGN(question.agent_id, required_text(scope_, fields_, given_, "agent"));
    GUARDIAN_ASSIGN(question.request.action, required_text(scope_, fields_, given_, "action"));
    if (!is_valid_action(question.request.action)) {
      return refuse("action", "must be 1 to " + std::to_string(kMaxActionBytes) + " bytes without control characters");
    }
    if (const Value* const resource = fields_.get("resource")) {
      GUARDIAN_ASSIGN(question.request.resource, expect_text(scope_.member("resource"), *resource));
      if (question.request.resource->size() > kMaxResourceBytes) {
        return refuse("resource", "longer than " + std::to_string(kMaxResourceBytes) + " bytes");
      }
    }
    if (const Value* const context = fields_.get("context")) {
      GUARDIAN_TRY(expect_object(scope_.member("context"), *context));
      question.request.context = *context;
    }
    return {};
  }

  // Who acts for whom: `delegation`, and the claims of a token taken as verified, as a request has them.
  Status read_delegation() {
    const Value* const delegation = fields_.get("delegation");
    const Value* const token = fields_.get("token");
    if (token != nullptr) {
      GUARDIAN_TRY(expect_object(scope_.member("token"), *token));
      test_.question.request.token = *token;
    }
    auto asker = read_asker(test_.question.agent_id, delegation == nullptr ? Value() : *delegation,
                            token == nullptr ? Value() : *token);
    if (!asker) {
      if (asker.error().code() == ErrorCode::Forbidden) return refuse("agent", "not the agent of the test's `token`");
      const Value& wrong = delegation != nullptr ? *delegation : *token;
      return scope_.refuse(wrong, asker.error().message());
    }
    test_.chain = std::move(asker->chain);
    test_.question.chain = test_.chain;
    return {};
  }

  Status read_circumstances() {
    if (const Value* const mode = fields_.get("mode")) {
      GUARDIAN_ASSIGN(const auto text, expect_text(scope_.member("mode"), *mode));
      const auto parsed = parse_mode(text);
      if (!parsed) return refuse("mode", "must be `enforce` or `audit`, not " + quoted(text));
      test_.mode = *parsed;
    }
    if (const Value* const at = fields_.get("at")) {
      GUARDIAN_ASSIGN(const auto text, expect_text(scope_.member("at"), *at));
      const auto instant = base::parse_rfc3339(text);
      if (!instant) return refuse("at", quoted(text) + " is no RFC 3339 date-time");
      test_.at = base::to_time_point(*instant);
    }
    return {};
  }

  Status read_expectation() {
    GUARDIAN_ASSIGN(const auto text, required_text(scope_, fields_, given_, "expect"));
    constexpr std::array kChoices{Expected::Allow, Expected::Deny, Expected::RequireApproval};
    const auto* const chosen =
        std::ranges::find_if(kChoices, [&](Expected choice) { return to_string(choice) == text; });
    if (chosen == kChoices.end()) {
      return refuse("expect", "must be `allow`, `deny` or `require-approval`, not " + quoted(text));
    }
    test_.expect = *chosen;
    GUARDIAN_TRY(read_expected_text("policy", test_.policy));
    GUARDIAN_TRY(read_expected_text("rule", test_.rule));
    return read_expected_text("reason", test_.reason);
  }

  Status read_expected_text(std::string_view name, ExpectedText& expected) {
    const Value* const value = fields_.get(name);
    if (value == nullptr) return {};
    expected.asked = true;
    GUARDIAN_ASSIGN(expected.text, expect_text(scope_.member(name), *value));
    return {};
  }

  // At the value of a member that is there.
  Error refuse(std::string_view name, const std::string& message) const {
    return scope_.member(name).refuse(*fields_.get(name), message);
  }

  const Scope& scope_;
  const Fields& fields_;
  const Value& given_;
  TestCase& test_;
};

ExpectedText& expected_text(TestCase& test, std::string_view name) {
  return name == "policy" ? test.policy : name == "rule" ? test.rule : test.reason;
}

Result<TestCase> read_test(const Scope& scope, const Value& map, std::string_view text) {
  if (!map.is_object()) return expect_object(scope, map).error();
  TestCase test;
  std::vector<json::Member> members;
  for (const json::Member& member : map.as_object()) {
    if (member.value.is_null() && std::ranges::find(kNullable, member.key) != kNullable.end()) {
      expected_text(test, member.key).asked = true;
    } else {
      members.push_back(member);
    }
  }
  const Value given = Value::object(members).at_offset(map.offset());
  GUARDIAN_ASSIGN(const Fields fields, Fields::read(scope, given, kTestNames));
  GUARDIAN_TRY(TestReader(scope, fields, given, test).read());
  test.line = json::locate(text, map.offset()).line;
  return test;
}

Status read_tests(TestFile& file, std::string_view text) {
  const policy::Place place({file.path, text});
  const Scope top(place);
  const Value& root = file.document.root();
  GUARDIAN_ASSIGN(const Fields fields, Fields::read(top, root, kFileNames));
  GUARDIAN_ASSIGN(const Value* const tests, required(top, fields, root, "tests"));
  const Scope list_scope = top.member("tests");
  GUARDIAN_ASSIGN(const auto list, expect_list(list_scope, *tests));
  if (list.empty()) return list_scope.refuse(*tests, "the list is empty");
  std::unordered_set<std::string_view> names;
  for (const Value& item : list) {
    const Scope scope = list_scope.item(file.cases.size());
    GUARDIAN_ASSIGN(TestCase test, read_test(scope, item, text));
    if (!names.insert(test.name).second) {
      return scope.member("name").refuse(*item.find("name"), "a second test of the name " + quoted(test.name));
    }
    file.cases.push_back(std::move(test));
  }
  return {};
}

}  // namespace

std::string_view to_string(Expected expected) noexcept {
  switch (expected) {
    case Expected::Allow:
      return "allow";
    case Expected::Deny:
      return "deny";
    case Expected::RequireApproval:
      return "require-approval";
  }
  GUARDIAN_ASSERT(false);
}

Result<TestFile> parse_test_file(std::string path, std::string_view text) {
  auto document =
      policy::parse_yaml(text, {.max_bytes = kMaxTestFileBytes, .max_depth = kMaxDepth, .max_nodes = kMaxNodes});
  if (!document) {
    const Error placed = policy::in_file(document.error(), path);
    return placed.code() == ErrorCode::TooLarge ? placed : Error(ErrorCode::InvalidInput, placed.message());
  }
  TestFile file{std::move(path), std::move(document).value(), {}};
  // The reader of policies' members says what is wrong; what is wrong here is no policy.
  const Status read = read_tests(file, text);
  if (!read) return Error(ErrorCode::InvalidInput, read.error().message());
  return file;
}

}  // namespace guardian::decision
