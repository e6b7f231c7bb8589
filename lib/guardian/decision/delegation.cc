#include "guardian/decision/delegation.h"

#include <algorithm>
#include <string>

#include "guardian/base/text.h"

namespace guardian::decision {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using json::Value;

Error refuse(std::string_view member, std::string_view what) {
  return {ErrorCode::InvalidInput, "`" + std::string(member) + "`: " + std::string(what)};
}

Result<std::string_view> read_id(const Value& id, const std::string& path) {
  if (!id.is_text()) return refuse(path, "must be text");
  if (id.as_text().size() > kMaxAgentIdBytes) {
    return refuse(path, "longer than " + std::to_string(kMaxAgentIdBytes) + " bytes");
  }
  return id.as_text();
}

// `{"chain": [...]}`.
Result<std::vector<std::string_view>> read_chain(const Value& delegation) {
  if (!delegation.is_object()) return refuse("delegation", "must be an object");
  for (const json::Member& member : delegation.as_object()) {
    if (member.key != "chain") return refuse("delegation." + base::printable(member.key), "unknown member");
  }
  const Value* chain = delegation.find("chain");
  if (chain == nullptr || chain->is_null()) return refuse("delegation.chain", "missing");
  if (!chain->is_list()) return refuse("delegation.chain", "must be a list");
  std::vector<std::string_view> ids;
  ids.reserve(chain->as_list().size());
  for (const Value& id : chain->as_list()) {
    GUARDIAN_ASSIGN(const auto text, read_id(id, "delegation.chain[" + std::to_string(ids.size()) + "]"));
    ids.push_back(text);
  }
  return ids;
}

Result<std::string_view> read_subject(const Value& holder, const std::string& path) {
  const Value* subject = holder.find("sub");
  if (subject == nullptr || subject->is_null()) return refuse(path + ".sub", "missing");
  GUARDIAN_ASSIGN(const auto id, read_id(*subject, path + ".sub"));
  // A token that speaks for nobody must not pass for one that leaves it open.
  if (id.empty()) return refuse(path + ".sub", "empty");
  return id;
}

// RFC 8693: the outermost `act` acts now, those inside it acted before, `sub` is where it began.
Result<Asker> read_act(const Value& claims) {
  Asker asker;
  std::string path = "token";
  for (const Value* holder = &claims; holder != nullptr;) {
    GUARDIAN_ASSIGN(const std::string_view subject, read_subject(*holder, path));
    asker.chain.push_back(subject);
    path += ".act";
    holder = holder->find("act");
    if (holder != nullptr && !holder->is_object()) return refuse(path, "must be an object");
  }
  // Read as [root, acting, its delegator, ..., nearest the root].
  asker.agent_id = asker.chain[1];
  asker.chain.erase(asker.chain.begin() + 1);
  std::reverse(asker.chain.begin() + 1, asker.chain.end());
  return asker;
}

// Who the token speaks for; without an agent id where it does not say.
Result<Asker> read_claims(const Value& claims) {
  if (claims.is_null()) return Asker();
  const Value* act = claims.find("act");
  if (act != nullptr && !act->is_null()) return read_act(claims);
  const Value* subject = claims.find("sub");
  if (subject == nullptr || subject->is_null()) return Asker();
  GUARDIAN_ASSIGN(const std::string_view id, read_subject(claims, "token"));
  return Asker{id, {}};
}

}  // namespace

Result<Asker> read_asker(std::optional<std::string_view> agent_id, const Value& delegation, const Value& claims) {
  GUARDIAN_ASSIGN(Asker asker, read_claims(claims));
  if (agent_id) {
    GUARDIAN_TRY(read_id(Value::text(*agent_id), "agentId"));
    if (!asker.agent_id.empty() && asker.agent_id != *agent_id) {
      return Error(ErrorCode::Forbidden, "`agentId`: not the token's agent");
    }
    asker.agent_id = *agent_id;
  } else if (asker.agent_id.empty()) {
    return refuse("agentId", "missing");
  }
  if (delegation.is_null()) return asker;
  GUARDIAN_ASSIGN(auto chain, read_chain(delegation));
  if (!asker.chain.empty() && chain != asker.chain) {
    return refuse("delegation.chain", "not the chain of the token's `act`");
  }
  asker.chain = std::move(chain);
  return asker;
}

}  // namespace guardian::decision
