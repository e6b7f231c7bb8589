#include "guardian/decision/delegation.h"

#include <doctest/doctest.h>

#include <string_view>

#include "guardian/json/reader.h"

using guardian::base::ErrorCode;
using guardian::decision::Asker;
using guardian::decision::read_asker;
using Chain = std::vector<std::string_view>;

namespace {

// The members as JSON; what they are read from lives as long as this.
struct Read {
  Read(std::optional<std::string_view> agent_id, std::string_view delegation, std::string_view claims = "null")
      : delegation_document(guardian::json::parse(delegation).value()),
        claims_document(guardian::json::parse(claims).value()),
        asker(read_asker(agent_id, delegation_document.root(), claims_document.root())) {}
  guardian::json::Document delegation_document;
  guardian::json::Document claims_document;
  guardian::base::Result<Asker> asker;

  [[nodiscard]] std::string_view agent() const { return asker.value().agent_id; }
  [[nodiscard]] const Chain& chain() const { return asker.value().chain; }
  [[nodiscard]] ErrorCode refusal() const {
    REQUIRE_FALSE(asker.ok());
    return asker.error().code();
  }
  [[nodiscard]] bool blames(std::string_view member) const {
    return asker.error().message().starts_with("`" + std::string(member) + "`: ");
  }
};

}  // namespace

TEST_CASE("asker: the agent that the request names, with the chain it names") {
  CHECK(Read("a", "null").agent() == "a");
  CHECK(Read("a", "null").chain().empty());
  CHECK(Read("a", R"({"chain": []})").chain().empty());
  CHECK(Read("a", R"({"chain": ["root", "b"]})").chain() == Chain{"root", "b"});
}

TEST_CASE("asker: a token's subject is the agent where the request names none") {
  CHECK(Read(std::nullopt, "null", R"({"sub": "a"})").agent() == "a");
  CHECK(Read("a", "null", R"({"sub": "a"})").agent() == "a");
  CHECK(Read("a", "null", R"({"scope": "x"})").agent() == "a");
  CHECK(Read("b", "null", R"({"sub": "a"})").refusal() == ErrorCode::Forbidden);
  CHECK(Read(std::nullopt, "null").blames("agentId"));
  CHECK(Read(std::nullopt, "null", R"({"scope": "x"})").blames("agentId"));
}

TEST_CASE("asker: of nested `act` claims the outermost acts and the innermost stands nearest the root") {
  const Read one(std::nullopt, "null", R"({"sub": "root", "act": {"sub": "a"}})");
  CHECK(one.agent() == "a");
  CHECK(one.chain() == Chain{"root"});
  const Read three(std::nullopt, "null",
                   R"({"sub": "root", "act": {"sub": "a", "act": {"sub": "c", "act": {"sub": "b"}}}})");
  CHECK(three.agent() == "a");
  CHECK(three.chain() == Chain{"root", "b", "c"});
}

TEST_CASE("asker: beside an `act` claim the request may only repeat what it says") {
  constexpr auto* kClaims = R"({"sub": "root", "act": {"sub": "a", "act": {"sub": "b"}}})";
  CHECK(Read("a", R"({"chain": ["root", "b"]})", kClaims).chain() == Chain{"root", "b"});
  CHECK(Read("root", "null", kClaims).refusal() == ErrorCode::Forbidden);
  CHECK(Read("a", R"({"chain": ["root"]})", kClaims).refusal() == ErrorCode::InvalidInput);
  CHECK(Read("a", R"({"chain": []})", kClaims).blames("delegation.chain"));
}

TEST_CASE("asker: members that are not what they must be are named") {
  CHECK(Read("a", "5").blames("delegation"));
  CHECK(Read("a", "{}").blames("delegation.chain"));
  CHECK(Read("a", R"({"chain": "root"})").blames("delegation.chain"));
  CHECK(Read("a", R"({"chain": ["root", 5]})").blames("delegation.chain[1]"));
  CHECK(Read("a", R"({"chain": [], "depth": 1})").blames("delegation.depth"));
  CHECK(Read("a", "null", R"({"sub": 5})").blames("token.sub"));
  CHECK(Read("a", "null", R"({"act": {"sub": "a"}})").blames("token.sub"));
  CHECK(Read("a", "null", R"({"sub": ""})").blames("token.sub"));
  CHECK(Read("a", "null", R"({"sub": "r", "act": {"sub": ""}})").blames("token.act.sub"));
  const std::string long_id(4'097, 'a');
  CHECK(Read(long_id, "null").blames("agentId"));
  CHECK(Read(long_id.substr(1), "null").asker.ok());
  CHECK(Read("a", R"({"chain": [")" + long_id + R"("]})").blames("delegation.chain[0]"));
  CHECK(Read("a", "null", R"({"sub": "r", "act": "a"})").blames("token.act"));
  CHECK(Read("a", "null", R"({"sub": "r", "act": {}})").blames("token.act.sub"));
  CHECK(Read("a", "null", R"({"sub": "r", "act": {"sub": "a", "act": 5}})").blames("token.act.act"));
}
