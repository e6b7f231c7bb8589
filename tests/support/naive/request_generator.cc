#include <chrono>
#include <utility>
#include <vector>

#include "guardian/json/reader.h"
#include "guardian/json/writer.h"
#include "support/naive/generator.h"
#include "support/naive/vocabulary.h"

namespace guardian::testing {
namespace {

using json::Value;

struct ContextName {
  std::string_view name;
  ValueKind kind;
};

constexpr ContextName kContextNames[] = {{"amount", ValueKind::Number}, {"recipient", ValueKind::Text},
                                         {"file", ValueKind::Path},     {"ip", ValueKind::Address},
                                         {"when", ValueKind::Moment},   {"urgent", ValueKind::Flag},
                                         {"labels", ValueKind::Texts},  {"scores", ValueKind::Numbers},
                                         {"tenant", ValueKind::Object}, {"a.b", ValueKind::Text}};

// Near the edges that approvals, summer times and years make, and anywhere.
base::TimePoint any_time(Random& random) {
  static constexpr std::string_view kEdges[] = {"2026-04-18T10:30:00Z", "2026-03-29T01:00:00Z", "2026-11-01T05:59:59Z",
                                                "2026-12-31T23:59:59Z", "2028-02-29T12:00:00Z", "2026-04-04T15:00:00Z"};
  base::TimePoint time = base::to_time_point(base::parse_rfc3339(random.pick(kEdges)).value());
  if (random.percent(50)) return time;
  time += std::chrono::seconds(random.below(4 * 365 * 86'400)) - std::chrono::days(2 * 365);
  return time + std::chrono::microseconds(random.below(1'000'000));
}

class RequestWriter {
 public:
  RequestWriter(Random& random, std::string& text) : random_(random), out_(text) {}

  void write() {
    out_.begin_object();
    out_.member("agent", random_.percent(85) ? kAgentIds[random_.below(kKnownAgents)] : random_.pick(kAgentIds));
    out_.member("action", random_.pick(actions()));
    if (random_.percent(75)) out_.member("resource", random_.pick(resources()));
    if (random_.percent(95)) write_context();
    if (random_.percent(40)) out_.key("token").value(value_of(ValueKind::Object, random_, memory_));
    if (random_.percent(15)) {
      out_.key("delegation").begin_object().key("depth").unsigned_integer(random_.between(1, 5));
      out_.member("root", random_.percent(50) ? "agent_1" : "b").end_object();
    }
    // In microseconds, which RFC 3339 text of this project does not keep.
    out_.key("at").integer(any_time(random_).time_since_epoch().count()).end_object();
  }

 private:
  void write_context() {
    out_.key("context").begin_object();
    for (const ContextName& name : kContextNames) {
      const std::size_t state = random_.below(100);
      if (state < 17) continue;
      out_.key(name.name);
      if (state < 25) {
        out_.null();
      } else if (state < 40) {
        out_.value(any_value(random_, memory_));
      } else {
        out_.value(value_of(name.kind, random_, memory_));
      }
    }
    if (random_.percent(60)) {
      out_.key("items").begin_list().text("a").begin_object().key("price");
      out_.value(random_.percent(70) ? value_of(ValueKind::Number, random_, memory_) : any_value(random_, memory_));
      out_.end_object().end_list();
    }
    out_.end_object();
  }

  Random& random_;
  json::Writer out_;
  json::Document memory_;
};

}  // namespace

GeneratedRequest read_generated_request(std::string text) {
  GeneratedRequest generated;
  generated.document = json::parse(text).value();
  generated.text = std::move(text);
  const Value& root = generated.document.root();
  generated.agent_id = root.find("agent")->as_text();
  generated.request.action = root.find("action")->as_text();
  if (const Value* resource = root.find("resource")) generated.request.resource = resource->as_text();
  if (const Value* context = root.find("context")) generated.request.context = *context;
  if (const Value* token = root.find("token")) generated.request.token = *token;
  if (const Value* delegation = root.find("delegation")) {
    generated.request.delegation_depth = static_cast<std::uint32_t>(delegation->find("depth")->as_number());
    generated.request.delegation_root = delegation->find("root")->as_text();
  }
  const auto at = static_cast<std::int64_t>(root.find("at")->as_number());
  generated.now = base::TimePoint(std::chrono::microseconds(at));
  return generated;
}

GeneratedRequest Generator::request() {
  std::string text;
  RequestWriter(random_, text).write();
  return read_generated_request(std::move(text));
}

}  // namespace guardian::testing
