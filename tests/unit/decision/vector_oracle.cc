#include "expectation.h"
#include "guardian/json/writer.h"
#include "vector_runner.h"

namespace guardian::testing {

std::vector<std::string> run_case_by_oracle(const json::Value& vector_case) {
  std::vector<std::string> faults;
  OracleSide oracle;
  for (const json::Value* stage = &vector_case; stage != nullptr; stage = stage->find("next")) {
    if (stage->find("refused") != nullptr) return faults;
    const auto payload = payload_of(*stage);
    if (!payload) return {"cannot be read: " + payload.error().message()};
    oracle.use(payload.value().root());
    const json::Value* requests = stage->find("requests");
    if (requests == nullptr) return {"has neither `requests` nor `refused`"};
    for (const json::Value& written : requests->as_list()) {
      const VectorRequest asked = read_request(written);
      for (std::size_t i = 0; i < asked.repeat; ++i) {
        const Reply reply = oracle.ask(asked.question(), asked.at);
        for (const std::string& fault : unmet(*written.find("expect"), reply, asked.mode)) {
          faults.push_back("oracle: " + fault + " for " + json::write(written));
        }
      }
    }
  }
  return faults;
}

}  // namespace guardian::testing
