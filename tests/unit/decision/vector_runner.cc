#include "vector_runner.h"

#include <utility>

#include "answers.h"
#include "expectation.h"
#include "guardian/json/writer.h"
#include "sides.h"

namespace guardian::testing {
namespace {

using json::Value;

struct Sides {
  OracleSide oracle;
  EngineSide engine;
};

void compare(const Reply& engine, const Reply& oracle, std::vector<std::string>& faults) {
  if (engine.answer != oracle.answer) {
    faults.push_back("engine: " + to_string(engine.answer) + "; oracle: " + to_string(oracle.answer));
  }
  const bool in_range = engine.retry_ms && oracle.retry_ms && engine.retry_ms->first >= oracle.retry_ms->first &&
                        engine.retry_ms->first <= oracle.retry_ms->second;
  if (engine.retry_ms.has_value() != oracle.retry_ms.has_value() || (engine.retry_ms && !in_range)) {
    faults.emplace_back("the wait is not one that the oracle takes");
  }
  if (!same_explanation(engine.explain.root(), oracle.explain.root())) {
    faults.push_back("engine explains " + json::write(engine.explain.root()) + "; oracle " +
                     json::write(oracle.explain.root()));
  }
}

void check_request(Sides& sides, const Value& written, std::vector<std::string>& faults) {
  const VectorRequest asked = read_request(written);
  for (std::size_t i = 0; i < asked.repeat; ++i) {
    const Reply engine = sides.engine.ask(asked.question(), asked.at);
    std::vector<std::string> found = unmet(*written.find("expect"), engine, asked.mode);
    compare(engine, sides.oracle.ask(asked.question(), asked.at), found);
    for (std::string& fault : found) faults.push_back(std::move(fault) + " for " + json::write(written));
  }
}

std::vector<std::string> refusal_faults(const base::Status& status, std::string_view refused) {
  if (status) return {"was accepted"};
  const std::string& message = status.error().message();
  if (message.find(refused) == std::string::npos) return {"was refused with: " + message};
  return {};
}

// One bundle of a case with its requests.
std::vector<std::string> run_stage(Sides& sides, const Value& stage) {
  base::Result<json::Document> payload = payload_of(stage);
  base::Status used;
  json::Document kept;  // the oracle's copy
  if (payload) {
    kept.set_root(kept.add_deep(payload.value().root()));
    used = sides.engine.use(std::move(payload).value());
  } else {
    used = std::move(payload).error();
  }
  if (const Value* refused = stage.find("refused")) return refusal_faults(used, refused->as_text());
  if (!used) return {"was refused: " + used.error().message()};
  const Value* requests = stage.find("requests");
  if (requests == nullptr) return {"has neither `requests` nor `refused`"};
  sides.oracle.use(kept.root());
  std::vector<std::string> faults;
  for (const Value& request : requests->as_list()) check_request(sides, request, faults);
  return faults;
}

}  // namespace

std::vector<std::string> run_case(const Value& vector_case) {
  Sides sides;
  std::vector<std::string> faults;
  for (const Value* stage = &vector_case; stage != nullptr; stage = stage->find("next")) {
    for (std::string& fault : run_stage(sides, *stage)) faults.push_back(std::move(fault));
  }
  return faults;
}

}  // namespace guardian::testing
