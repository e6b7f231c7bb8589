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

// Around the lengths of the intervals that limits have, and anywhere below.
std::chrono::microseconds any_step(Random& random) {
  using namespace std::chrono_literals;
  static constexpr std::chrono::microseconds kLengths[] = {1s, 1min, 1h, 24h};
  if (random.percent(45)) return std::chrono::microseconds(random.below(3) * random.below(1'000));
  const std::chrono::microseconds length = random.pick(kLengths);
  static constexpr std::size_t kPerMille[] = {100, 300, 490, 500, 510, 990, 999, 1000, 1001, 1005, 1010, 1011, 1100};
  if (random.percent(60)) return length * random.pick(kPerMille) / 1'000;
  return std::chrono::microseconds(random.below(static_cast<std::size_t>(length.count())));
}

// Without the step and the closing brace.
class RequestWriter {
 public:
  RequestWriter(Random& random, std::string& text) : random_(random), out_(text) {}

  void write() {
    const std::string_view agent = random_.percent(90) ? kAgentIds[random_.below(kKnownAgents)]
                                                       : kAgentIds[random_.between(kKnownAgents, kAgentIds.size() - 1)];
    out_.begin_object().member("agent", agent);
    out_.member("action", random_.pick(actions()));
    if (random_.percent(75)) out_.member("resource", random_.pick(resources()));
    if (random_.percent(95)) write_context();
    if (random_.percent(40)) out_.key("token").value(value_of(ValueKind::Object, random_, memory_));
    if (random_.percent(40)) write_chain(agent);
    // In microseconds, which RFC 3339 text of this project does not keep.
    out_.key("at").integer(any_time(random_).time_since_epoch().count());
  }

 private:
  // Mostly agents of the bundle, each once; now and then too many, strangers, or the same again.
  void write_chain(std::string_view agent) {
    static constexpr std::size_t kLengths[] = {1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 6, 7};
    std::size_t next = random_.below(kKnownAgents);
    out_.key("chain").begin_list();
    for (std::size_t n = random_.pick(kLengths); n > 0; --n) {
      if (kAgentIds[next] == agent) next = (next + 1) % kKnownAgents;
      out_.text(random_.percent(88) ? kAgentIds[next] : random_.pick(kAgentIds));
      next = (next + 1) % kKnownAgents;
    }
    out_.end_list();
  }

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
  if (const Value* chain = root.find("chain")) {
    for (const Value& member : chain->as_list()) generated.chain.push_back(member.as_text());
  }
  generated.step = std::chrono::microseconds(static_cast<std::int64_t>(root.find("step")->as_number()));
  const auto at = static_cast<std::int64_t>(root.find("at")->as_number());
  generated.now = base::TimePoint(std::chrono::microseconds(at));
  return generated;
}

GeneratedRequest Generator::request() {
  if (last_.empty() || random_.percent(60)) {
    last_.clear();
    RequestWriter(random_, last_).write();
  }
  return read_generated_request(last_ + ",\"step\":" + std::to_string(any_step(random_).count()) + "}");
}

}  // namespace guardian::testing
